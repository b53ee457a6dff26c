import { Sparkline } from '../parts/Chart.jsx';
import { MainScore } from '../parts/MainScore.jsx';
import { ProblemNote } from '../parts/notes/Problem.jsx';
import { RunBar, State } from '../parts/State.jsx';
import { FirstSteps } from '../parts/notes/FirstSteps.jsx';
import { ago } from '../format.js';
import { useLive } from '../live.js';
import { devText, devTitle, mainScore } from '../figures/metrics.js';
import { href } from '../route.js';
import { t } from '../words/index.js';

/** The way of every dataset at a glance: from what was dropped to what is served. */
export function Overview() {
  const datasets = useLive('datasets', 5);
  const runs = useLive('runs?limit=200', (all) => (all?.some(({ state }) => state === 'Running' || state === 'Queued') ? 2 : 5));
  const models = useLive('models?limit=1000', 5);
  const evaluations = useLive('evaluations?limit=500', 15);
  const all = [datasets, runs, models, evaluations];
  const failed = all.find(({ problem }) => problem);
  const isReady = all.every(({ data }) => data);

  return (
    <>
      <h1>{t('nav.overview')}</h1>
      <ProblemNote problem={failed?.problem} onRetry={() => all.forEach(({ refresh }) => refresh())} />
      {!isReady && !failed && <p class="waiting" aria-busy="true">{t('loading')}</p>}
      {isReady && (datasets.data.length + models.data.length === 0
        ? <FirstSteps />
        : tracks(datasets.data, runs.data, models.data).map((track) => (
            <Track key={track.name} {...track} evaluations={evaluations.data.filter(({ model }) => model === track.model?.model)} />
          )))}
    </>
  );
}

/** Each dataset with its newest run and its model; models without a dataset follow. */
function tracks(datasets, runs, models) {
  const taken = new Set();
  const own = datasets.map((dataset) => {
    const run = runs.find(({ spec }) => spec.dataset.name === dataset.dataset);
    const model = models.find((item) => item.model === (run?.model ?? dataset.dataset)
      || item.versions.some((version) => version.dataset === dataset.dataset));
    taken.add(model?.model);
    return { name: dataset.dataset, dataset, run, model };
  });
  return [...own, ...models.filter(({ model }) => !taken.has(model)).map((model) => ({ name: model.model, model, run: runs.find((run) => run.model === model.model) }))];
}

function Track({ name, dataset, run, model, evaluations }) {
  const served = model?.versions.find(({ version }) => version === model.production);
  const history = evaluations.filter(({ role, promoted }) => role === 'production' || promoted);
  const isWaiting = model?.versions.length > 0 && model.versions[0].version !== model.production;
  return (
    <section class="track" aria-labelledby={`track-${name}`}>
      <h2 id={`track-${name}`}>{name}</h2>
      <div class="stages">
        <div>
          <h3>{t('one.dataset')}</h3>
          {dataset ? (
            <>
              <p><a href={href(['datasets', dataset.dataset])}>{dataset.version ? <code>{dataset.version}</code> : dataset.dataset}</a> <State state={dataset.state} /></p>
              {dataset.counts && <p>{t('dataset.examples', { n: dataset.counts.train + dataset.counts.dev + dataset.counts.test })}</p>}
              <p class="muted">{dataset.problem ?? (dataset.validatedAt && findings(dataset))}</p>
            </>
          ) : <p class="muted">{t('overview.noDataset')}</p>}
        </div>
        <div>
          <h3>{t('one.run')}</h3>
          {run ? (
            <>
              <p><a href={href(['runs', run.runId])}><code>{run.runId}</code></a> <State state={run.state} /></p>
              <RunBar run={run} />
              {run.progress?.devMetric && <p>{devTitle(run.progress.devMetric)} <strong>{devText(run.progress.devMetric)}</strong></p>}
              <p class="muted short">{run.state === 'Failed' ? run.error : ago(run.finishedAt ?? run.startedAt ?? run.queuedAt)}</p>
            </>
          ) : <p class="muted">{t('overview.noRun')}</p>}
        </div>
        <div>
          <h3>{t('one.model')}</h3>
          {served ? (
            <>
              <p><a href={href(['models', model.model])}><code>{served.version}</code></a> <State state="production" /></p>
              <p>{t('metric.main')} <MainScore of={served} /></p>
              <p class="muted">{isWaiting ? t('overview.candidate', { version: model.versions[0].version }) : <a href={href(['try'], { model: model.model })}>{t('nav.try')}</a>}</p>
            </>
          ) : model ? <p><a href={href(['models', model.model])}>{t('overview.notServed')}</a></p> : <p class="muted">{t('overview.noModel')}</p>}
        </div>
        <div>
          <h3>{t('one.evaluation')}</h3>
          {history.length > 0 ? (
            <>
              <p><a href={href(['evaluations'], { model: model.model })}>{t('overview.evaluations', { n: history.length })}</a> {history[0].dropped && <State state="dropped" />}</p>
              <p>{t('metric.main')} <MainScore of={history[0]} /> <Sparkline values={history.slice(0, 30).map((evaluation) => mainScore(evaluation).value ?? 0).reverse()} /></p>
              <p class="muted">{ago(history[0].at)}</p>
            </>
          ) : <p class="muted">{t('overview.noEvaluation')}</p>}
        </div>
      </div>
    </section>
  );
}

function findings({ errors = 0, warnings = 0 }) {
  return errors + warnings === 0
    ? t('dataset.clean')
    : [errors && t('dataset.errors', { n: errors }), warnings && t('dataset.warnings', { n: warnings })].filter(Boolean).join(', ');
}
