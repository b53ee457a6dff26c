import { post } from '../../api.js';
import { announce } from '../../parts/notes/Announcer.jsx';
import { ConfirmButton } from '../../parts/dialogs/Confirm.jsx';
import { DeleteButton } from '../../parts/dialogs/DeleteButton.jsx';
import { DownloadButton } from '../../parts/DownloadButton.jsx';
import { MainScore } from '../../parts/MainScore.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { State } from '../../parts/State.jsx';
import { dateTime, number } from '../../format.js';
import { useLive } from '../../live.js';
import { differenceText, judge, metricNames, metricsOf, metricText } from '../../figures/metrics.js';
import { href, setQuery } from '../../route.js';
import { t, wordFor } from '../../words/index.js';
import { Traffic } from './Traffic.jsx';

const pageSize = 10;
const mostSideBySide = 4;

/** A model: its versions side by side, which one is served, and the way to another one and back. */
export function Model({ name, query }) {
  const live = useLive(`models/${name}`, 5);
  const promote = (version) => async () => {
    await post(`models/${name}/promote`, { version });
    await live.refresh();
    announce(t('model.nowServes', { model: name, version }));
  };
  return (
    <>
      <p class="path"><a href={href(['models'])}>{t('nav.models')}</a></p>
      <h1>{name}</h1>
      <Answered live={live}>
        {(model) => {
          const chosen = chosenVersions(model, query.get('show'));
          return (
            <>
              <p class="lead">
                {model.production ? <>{t('model.serves')} <code>{model.production}</code></> : t('overview.notServed')}
                <span class="actions">
                  {model.previous && <ConfirmButton label={t('model.rollBack')} title={t('model.rollBackTitle', { version: model.previous })} text={t('model.rollBackText')} action={promote(model.previous)} />}
                  {model.production && <a class="button" href={href(['try'], { model: name })}>{t('nav.try')}</a>}
                  <a class="button" href={href(['evaluations'], { model: name })}>{t('nav.evaluations')}</a>
                  <DeleteButton path={`models/${name}`} name={name} onDeleted={() => { location.hash = href(['models']); }} />
                </span>
              </p>
              {chosen.length > 0 && <SideBySide model={model} versions={chosen} promote={promote} refresh={live.refresh} />}
              {model.versions.length > 1 && <Versions model={model} chosen={chosen} />}
              {model.production && <Traffic model={name} />}
              {model.history.length > 0 && <History history={model.history} />}
            </>
          );
        }}
      </Answered>
    </>
  );
}

/** Those asked for; else the production version, the one before and the newest ones. */
function chosenVersions({ versions, production, previous }, asked) {
  const names = asked?.split(',') ?? [production, versions[0]?.version, previous, ...versions.map(({ version }) => version)];
  const chosen = [...new Set(names)].map((name) => versions.find(({ version }) => version === name)).filter(Boolean).slice(0, mostSideBySide);
  return chosen.sort((a, b) => (b.version === production) - (a.version === production) || b.createdAt.localeCompare(a.createdAt));
}

function SideBySide({ model, versions, promote, refresh }) {
  const base = versions.find(({ version }) => version === model.production);
  const status = ({ version }) => (version === model.production ? <State state="production" /> : version === model.versions[0].version && <State state="candidate" />);
  const rows = [
    [t('state'), status],
    [t('model.created'), ({ createdAt }) => dateTime(createdAt)],
    [t('one.run'), ({ runId }) => <a href={href(['runs', runId])}><code>{runId}</code></a>],
    [t('one.dataset'), ({ dataset, datasetVersion }) => <><a href={href(['datasets', dataset])}>{dataset}</a> <code>{datasetVersion}</code></>],
    [t('task'), ({ task }) => wordFor('task', task)],
    ...(versions.some(({ devTrained }) => devTrained) ? [[t('model.devScores'), ({ devTrained }) => devTrained && t('model.outOfFold')]] : []),
    ...metricNames(versions).map((metric) => [metricTitle(metric), (version) => <Figure metric={metric} version={version} base={base} />]),
    [t('model.serve'), ({ version }) => version !== model.production && (
      <ConfirmButton className={version === model.versions[0].version ? 'primary' : undefined} label={t('model.promote')} title={t('model.promoteTitle', { version })} text={t('model.promoteText')} action={promote(version)} />
    )],
    [t('download'), ({ version }) => <DownloadButton path={`models/${model.model}/versions/${version}/zip`} name={`${model.model}-${version}.zip`} />],
    [t('delete'), ({ version }) => version !== model.production && (
      <DeleteButton path={`models/${model.model}/versions/${version}`} name={version} onDeleted={refresh} />
    )],
  ];
  return (
    <section>
      <h2>{t('model.sideBySide')}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label={t('model.sideBySide')}>
        <table class="side-by-side">
          <thead><tr><td />{versions.map(({ version }) => <th scope="col"><code>{version}</code></th>)}</tr></thead>
          <tbody>{rows.map(([title, cell]) => <tr><th scope="row">{title}</th>{versions.map((version) => <td>{cell(version)}</td>)}</tr>)}</tbody>
        </table>
      </div>
      {base && versions.length > 1 && <p class="muted">{t('model.against')}</p>}
    </section>
  );
}

function Figure({ metric, version, base }) {
  const value = metricsOf(version)[metric];
  const before = base && base !== version ? metricsOf(base)[metric] : undefined;
  const difference = value !== undefined && before !== undefined ? value - before : undefined;
  return (
    <>
      <strong>{metricText(metric, value)}</strong>
      {difference !== undefined && <span class={`difference ${['worse', 'same', 'better'][judge(metric, difference) + 1]}`}>{differenceText(metric, difference)}</span>}
    </>
  );
}

const metricTitle = (metric) => {
  const [split, name] = metric.split('.');
  return <>{wordFor('metric', name)} <small>{wordFor('split', split)}</small></>;
};

function Versions({ model, chosen }) {
  const [shown, pager] = usePage(model.versions, pageSize);
  const names = chosen.map(({ version }) => version);
  const toggle = (version) => () => setQuery({ show: (names.includes(version) ? names.filter((name) => name !== version) : [version, ...names]).slice(0, mostSideBySide).join(',') });
  return (
    <section>
      <h2>{t('model.all')} <small>{number(model.versions.length)}</small></h2>
      <ul class="versions">
        {shown.map((version) => (
          <li>
            <label>
              <input type="checkbox" checked={names.includes(version.version)} disabled={names.length === 1 && names[0] === version.version} onChange={toggle(version.version)} />
              <code>{version.version}</code> <MainScore of={version} /> <span class="muted">{dateTime(version.createdAt)}</span>
              {version.version === model.production && <State state="production" />}
            </label>
          </li>
        ))}
      </ul>
      {pager}
    </section>
  );
}

function History({ history }) {
  const [shown, pager] = usePage(history, pageSize);
  return (
    <section>
      <h2>{t('model.history')}</h2>
      <ol class="history">
        {shown.map(({ version, at, reason }) => <li><span class="muted">{dateTime(at)}</span> <code>{version}</code> {reason}</li>)}
      </ol>
      {pager}
    </section>
  );
}
