import { useEffect, useRef } from 'preact/hooks';
import { post, remove } from '../../api.js';
import { announce } from '../../parts/notes/Announcer.jsx';
import { Chart } from '../../parts/Chart.jsx';
import { ConfirmButton } from '../../parts/dialogs/Confirm.jsx';
import { Facts } from '../../parts/Facts.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { RunBar, State } from '../../parts/State.jsx';
import { dateTime, duration, number } from '../../format.js';
import { devText, devTitle, devValue } from '../../figures/metrics.js';
import { useLive } from '../../live.js';
import { href } from '../../route.js';
import { t, wordFor } from '../../words/index.js';
import { isLive } from './Runs.jsx';

/** A run: what it is to do, how far it is, and its curves; up to date by itself. */
export function Run({ id }) {
  const live = useLive(`runs/${id}`, (run) => (run && !isLive(run) ? 15 : 2));
  const state = live.data?.state;
  const last = useRef();
  useEffect(() => {
    if (last.current && state && state !== last.current) {
      announce(t('run.nowIs', { run: id, state: wordFor('state', state) }));
    }

    last.current = state;
  }, [state]);

  return (
    <>
      <p class="path"><a href={href(['runs'])}>{t('nav.runs')}</a></p>
      <h1>{t('one.run')} <code>{id}</code></h1>
      <Answered live={live}>{(run) => <RunDetails run={run} refresh={live.refresh} />}</Answered>
    </>
  );
}

function RunDetails({ run, refresh }) {
  const { spec, progress } = run;
  const again = async () => {
    const { runId: _, traceparent: __, ...request } = spec;
    await post('runs', request);
    await refresh();
  };
  const cancel = async () => {
    await remove(`runs/${run.runId}`);
    await refresh();
  };
  return (
    <>
      <p class="lead"><State state={run.state} /> <RunBar run={run} /></p>
      {run.error && <div class={`note ${run.state === 'Failed' ? 'bad' : 'warn'}`}><p><strong>{t(run.state === 'Failed' ? 'run.failed' : 'run.lastFailed')}</strong></p><pre tabindex="0">{run.error}</pre></div>}
      {run.waits && <p class="note warn"><strong>{t('run.waits')}</strong> {run.waits}</p>}
      <Facts facts={[
        [t('run.epoch'), progress?.epochs > 0 && t('run.epochOf', { epoch: progress.epoch, epochs: progress.epochs })],
        [t('run.loss'), progress?.loss !== undefined && number(progress.loss, 4)],
        [progress?.devMetric && devTitle(progress.devMetric), progress?.devMetric && devText(progress.devMetric, 2)],
        [t('run.speed'), progress?.tokensPerSecond !== undefined && t('run.tokens', { n: Math.round(progress.tokensPerSecond) })],
        [t('run.machine'), progress?.machine],
        [t('run.note'), progress?.note],
        [t('run.started'), run.startedAt && dateTime(run.startedAt)],
        [t('run.took'), run.finishedAt && run.startedAt && duration((new Date(run.finishedAt) - new Date(run.startedAt)) / 1000)],
        [t('run.attempt'), run.attempt > 1 && number(run.attempt)],
        [t('run.made'), run.modelVersion && <a href={href(['models', run.model])}>{run.model} <code>{run.modelVersion}</code></a>],
      ]} />
      <p class="actions">
        {isLive(run) && <ConfirmButton label={t('run.cancel')} title={t('run.cancelTitle')} text={t('run.cancelText')} action={cancel} />}
        {(run.state === 'Failed' || run.state === 'Cancelled') && <ConfirmButton label={t('run.again')} title={t('run.againTitle')} text={t('run.againText')} action={again} />}
      </p>
      <Curves run={run} />
      <section>
        <h2>{t('run.spec')}</h2>
        <Facts facts={[
          [t('run.base'), <>{spec.base.name} {spec.base.size}</>],
          [t('one.dataset'), <a href={href(['datasets', spec.dataset.name])}>{spec.dataset.name} <code>{spec.dataset.version}</code></a>],
          [t('task'), wordFor('task', spec.task)],
          [t('one.model'), <a href={href(['models', spec.model])}>{spec.model}</a>],
        ]} />
        <details>
          <summary>{t('run.optimisation')}</summary>
          <Facts facts={Object.entries(spec.optimisation).map(([name, value]) => [<code>{name}</code>, typeof value === 'object' && value ? JSON.stringify(value) : String(value)])} />
        </details>
      </section>
    </>
  );
}

function Curves({ run }) {
  const curve = run.curve ?? [];
  if (curve.length < 2) {
    return isLive(run) && <p class="muted">{t('run.noCurve')}</p>;
  }

  const of = (name) => {
    const points = curve.filter((point) => point[name] !== undefined && point[name] !== null);
    return { x: points.map(({ step }) => step), values: points.map((point) => point[name]) };
  };
  const [loss, dev] = [of('loss'), of('dev')];
  const metric = run.progress?.devMetric ?? { name: 'main' };
  return (
    <div class="charts">
      {loss.x.length > 1 && <Chart title={t('run.loss')} x={loss.x} xLabel={t('run.step')} series={[{ label: t('run.loss'), values: loss.values }]} />}
      {dev.x.length > 0 && <Chart title={devTitle(metric)} x={dev.x} xLabel={t('run.step')} digits={1} series={[{ label: devTitle(metric), values: dev.values.map((value) => devValue(metric, value)) }]} />}
    </div>
  );
}
