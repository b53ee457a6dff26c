import { FirstSteps } from '../../parts/notes/FirstSteps.jsx';
import { List } from '../../parts/List.jsx';
import { MainScore } from '../../parts/MainScore.jsx';
import { useCursor } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { ago, number } from '../../format.js';
import { useLive } from '../../live.js';
import { href } from '../../route.js';
import { t, wordFor } from '../../words/index.js';

const pageSize = 25;

export function Models() {
  const [cursor, shown, pager] = useCursor(pageSize, ({ model }) => model);
  const live = useLive(`models?${new URLSearchParams(cursor)}`, 5, { keep: true });
  return (
    <>
      <h1>{t('nav.models')}</h1>
      <Answered live={live}>{(models) => (models.length > 0 ? <><ModelList models={shown(models)} />{pager(models)}</> : <FirstSteps />)}</Answered>
    </>
  );
}

function ModelList({ models }) {
  const served = ({ production, versions }) => versions.find(({ version }) => version === production);
  const columns = [
    { title: t('one.model'), isMain: true, cell: ({ model }) => <a href={href(['models', model])}>{model}</a> },
    { title: t('model.production'), cell: ({ production }) => (production ? <code>{production}</code> : t('overview.notServed')) },
    { title: t('task'), cell: ({ versions }) => versions[0] && wordFor('task', versions[0].task) },
    { title: t('metric.main'), isNumber: true, cell: (model) => served(model) && <MainScore of={served(model)} /> },
    { title: t('model.versions'), isNumber: true, cell: ({ versions }) => number(versions.length) },
    { title: t('model.newest'), cell: ({ versions }) => versions[0] && ago(versions[0].createdAt) },
    { title: t('nav.try'), cell: ({ model, production }) => production && <a href={href(['try'], { model })}>{t('nav.try')}</a> },
  ];
  return <List caption={t('nav.models')} columns={columns} rows={models} rowKey={({ model }) => model} />;
}
