import { FirstSteps } from '../../parts/notes/FirstSteps.jsx';
import { List } from '../../parts/List.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { State } from '../../parts/State.jsx';
import { ago, number } from '../../format.js';
import { useLive } from '../../live.js';
import { href } from '../../route.js';
import { t, wordFor } from '../../words/index.js';
import { Forget } from './Forget.jsx';

const pageSize = 25;

export function Datasets() {
  const live = useLive('datasets', (all) => (all?.some(({ state }) => state === 'Validating') ? 2 : 5));
  return (
    <>
      <h1>{t('nav.datasets')}</h1>
      <Answered live={live}>{(datasets) => (datasets.length > 0 ? <DatasetList datasets={datasets} /> : <FirstSteps />)}</Answered>
      <Forget />
    </>
  );
}

function DatasetList({ datasets }) {
  const [shown, pager] = usePage(datasets, pageSize);
  const columns = [
    { title: t('one.dataset'), isMain: true, cell: ({ dataset }) => <a href={href(['datasets', dataset])}>{dataset}</a> },
    { title: t('state'), cell: ({ state }) => <State state={state} /> },
    { title: t('version'), cell: ({ version }) => version && <code>{version}</code> },
    { title: t('task'), cell: ({ task }) => task && wordFor('task', task) },
    { title: t('dataset.trainDevTest'), isNumber: true, cell: ({ counts }) => counts && [counts.train, counts.dev, counts.test].map((n) => number(n)).join(' / ') },
    { title: t('severity.error'), isNumber: true, cell: ({ errors }) => errors > 0 && <span class="bad">{number(errors)}</span> },
    { title: t('severity.warning'), isNumber: true, cell: ({ warnings }) => warnings > 0 && number(warnings) },
    { title: t('dataset.checked'), cell: ({ validatedAt, problem }) => problem ?? (validatedAt && ago(validatedAt)) },
  ];
  return <><List caption={t('nav.datasets')} columns={columns} rows={shown} rowKey={({ dataset }) => dataset} />{pager}</>;
}
