import { useState } from 'preact/hooks';
import { Chart } from '../../parts/Chart.jsx';
import { FirstSteps } from '../../parts/notes/FirstSteps.jsx';
import { List } from '../../parts/List.jsx';
import { Pager } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { State } from '../../parts/State.jsx';
import { ago, dateTime, number, score } from '../../format.js';
import { metricsOf } from '../../figures/metrics.js';
import { useLive } from '../../live.js';
import { href, setQuery } from '../../route.js';
import { t } from '../../words/index.js';

const pageSize = 20;
const charted = 200;

/** The evaluations of one model over time. */
export function Evaluations({ query }) {
  const models = useLive('models?limit=1000', 15);
  return (
    <>
      <h1>{t('nav.evaluations')}</h1>
      <Answered live={models}>
        {(all) => {
          const name = query.get('model') ?? all[0]?.model;
          return name ? (
            <>
              <form class="filters">
                <label>{t('one.model')} <select value={name} onChange={(event) => setQuery({ model: event.target.value })}>{all.map(({ model }) => <option>{model}</option>)}</select></label>
              </form>
              <OfModel key={name} model={name} />
            </>
          ) : <FirstSteps />;
        }}
      </Answered>
    </>
  );
}

function OfModel({ model }) {
  const [page, setPage] = useState(0);
  const limit = Math.min(1000, Math.max(charted, (page + 1) * pageSize + 1));
  const live = useLive(`evaluations?model=${model}&limit=${limit}`, 10, { keep: true });
  return (
    <Answered live={live}>
      {(evaluations) => evaluations.length === 0 ? <p class="muted">{t('evaluations.none')}</p> : (
        <>
          <Course evaluations={evaluations.slice(0, charted).reverse()} />
          <List caption={t('nav.evaluations')} columns={columns()} rows={evaluations.slice(page * pageSize, (page + 1) * pageSize)} rowKey={({ report }) => report} />
          <Pager page={page} size={pageSize} count={Math.min(evaluations.length, (page + 1) * pageSize)} more={evaluations.length > (page + 1) * pageSize} onPage={setPage} />
        </>
      )}
    </Answered>
  );
}

/** The main score over time: lines for what was served, points for candidates. */
function Course({ evaluations }) {
  if (evaluations.length < 2) {
    return null;
  }

  const value = (metric, role) => evaluations.map(({ role: own, metrics }) => (own === role && metrics[metric] !== undefined ? metrics[metric] * 100 : null));
  const candidates = value('dev.main', 'candidate');
  return (
    <Chart
      title={t('evaluations.course')}
      isTime
      digits={1}
      x={evaluations.map(({ at }) => new Date(at) / 1000)}
      series={[
        { label: t('evaluations.testServed'), values: value('test.main', 'production') },
        { label: t('evaluations.devServed'), values: value('dev.main', 'production'), dash: [6, 4] },
        ...(candidates.some((score) => score !== null) ? [{ label: t('evaluations.devCandidate'), values: candidates, points: true }] : []),
      ]}
    />
  );
}

/** The address of an evaluation's report; its record names the report's blob, "{model}/{version}/evaluation-{utc}". */
export const reportPlace = ({ report }) => report.replace('/evaluation-', '/').split('/');

const columns = () => [
  { title: t('evaluations.at'), isMain: true, cell: (evaluation) => <a href={href(['evaluations', ...reportPlace(evaluation)])} title={dateTime(evaluation.at)}>{ago(evaluation.at)}</a> },
  { title: t('version'), cell: ({ version }) => <code>{version}</code> },
  { title: t('evaluations.role'), cell: ({ role, promoted, dropped }) => <><State state={role} /> {promoted && <State state="promoted" />} {dropped && <State state="dropped" />}</> },
  { title: t('metric.mainOf', { split: t('split.dev') }), isNumber: true, cell: ({ metrics }) => score(metrics['dev.main']) },
  { title: t('metric.mainOf', { split: t('split.test') }), isNumber: true, cell: ({ metrics }) => score(metrics['test.main']) },
  { title: t('metric.f1'), isNumber: true, cell: (evaluation) => metricsOf(evaluation)['test.f1'] !== undefined && score(metricsOf(evaluation)['test.f1']) },
  { title: t('metric.accuracy'), isNumber: true, cell: ({ metrics }) => metrics['test.accuracy'] !== undefined && score(metrics['test.accuracy']) },
  { title: t('metric.msPerExample'), isNumber: true, cell: ({ metrics }) => metrics['test.msPerExample'] !== undefined && number(metrics['test.msPerExample'], 2) },
];
