import { FirstSteps } from '../../parts/notes/FirstSteps.jsx';
import { List } from '../../parts/List.jsx';
import { useCursor } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { RunBar, State } from '../../parts/State.jsx';
import { ago, number } from '../../format.js';
import { devText } from '../../figures/metrics.js';
import { useLive } from '../../live.js';
import { href, setQuery } from '../../route.js';
import { t, wordFor } from '../../words/index.js';

const pageSize = 25;
const states = ['Queued', 'Running', 'Succeeded', 'Failed', 'Cancelled'];

/** The runs, newest first. */
export function Runs({ query }) {
  const [model, state] = [query.get('model') ?? '', query.get('state') ?? ''];
  const [cursor, shown, pager] = useCursor(pageSize, ({ runId }) => runId, `${model} ${state}`);
  const search = new URLSearchParams([...(model ? [['model', model]] : []), ...(state ? [['state', state]] : []), ...cursor]);
  const live = useLive(`runs?${search}`, (runs) => (runs?.some(isLive) ? 2 : 5), { keep: true });
  const models = useLive('models?limit=1000', 30);
  const choose = (name) => (event) => setQuery({ [name]: event.target.value });

  const names = [...new Set([...(models.data ?? []).map((item) => item.model), ...(model ? [model] : [])])].sort();
  return (
    <>
      <h1>{t('nav.runs')}</h1>
      <form class="filters">
        <label>{t('one.model')} <select value={model} onChange={choose('model')}><option value="">{t('all')}</option>{names.map((name) => <option>{name}</option>)}</select></label>
        <label>{t('state')} <select value={state} onChange={choose('state')}><option value="">{t('all')}</option>{states.map((name) => <option value={name}>{wordFor('state', name)}</option>)}</select></label>
      </form>
      <Answered live={live}>
        {(runs) => runs.length === 0
          ? (model || state ? <p class="muted">{t('runs.noneSuch')}</p> : <FirstSteps />)
          : (
            <>
              <List caption={t('nav.runs')} columns={columns()} rows={shown(runs)} rowKey={({ runId }) => runId} />
              {pager(runs)}
            </>
          )}
      </Answered>
    </>
  );
}

const Dev = ({ metric }) => <>{metric.name !== 'main' && <small class="muted">{metric.name}</small>} {devText(metric)}</>;

export const isLive = ({ state }) => state === 'Queued' || state === 'Running';

const columns = () => [
  { title: t('one.run'), isMain: true, cell: ({ runId }) => <a href={href(['runs', runId])}><code>{runId}</code></a> },
  { title: t('state'), cell: ({ state }) => <State state={state} /> },
  { title: t('one.model'), cell: ({ model }) => <a href={href(['models', model])}>{model}</a> },
  { title: t('one.dataset'), cell: ({ spec: { dataset } }) => <><a href={href(['datasets', dataset.name])}>{dataset.name}</a> <code class="muted">{dataset.version}</code></> },
  { title: t('run.progress'), cell: (run) => (run.state === 'Running' ? <RunBar run={run} /> : (run.waits || run.state === 'Failed') && <span class="clip" title={run.waits ?? run.error}>{run.waits ?? run.error}</span>) },
  { title: t('run.loss'), isNumber: true, cell: ({ progress }) => progress?.loss !== undefined && number(progress.loss, 3) },
  { title: t('metric.mainOf', { split: t('split.dev') }), isNumber: true, cell: ({ progress }) => progress?.devMetric && <Dev metric={progress.devMetric} /> },
  { title: t('run.when'), cell: (run) => <span class="whole">{ago(run.finishedAt ?? run.startedAt ?? run.queuedAt)}</span> },
];
