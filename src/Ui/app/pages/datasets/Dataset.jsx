import { useState } from 'preact/hooks';
import { post } from '../../api.js';
import { DeleteButton } from '../../parts/dialogs/DeleteButton.jsx';
import { Facts } from '../../parts/Facts.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { Answered, ProblemNote } from '../../parts/notes/Problem.jsx';
import { State } from '../../parts/State.jsx';
import { dateTime, number } from '../../format.js';
import { useLive } from '../../live.js';
import { href, setQuery } from '../../route.js';
import { t, wordFor } from '../../words/index.js';
import { Corrections } from './Corrections.jsx';

const pageSize = 20;

/** A dataset: what is in it and what was found in it. */
export function Dataset({ name, query }) {
  const live = useLive(`datasets/${name}`, (dataset) => (dataset?.state === 'Validating' ? 1 : 5));
  return (
    <>
      <p class="path"><a href={href(['datasets'])}>{t('nav.datasets')}</a></p>
      <h1>{name}</h1>
      <Answered live={live}>
        {(dataset) => (
          <>
            <p class="lead"><State state={dataset.state} /> {dataset.version && <code>{dataset.version}</code>}
              <span class="actions"><DeleteButton path={`datasets/${name}`} name={name} onDeleted={() => { location.hash = href(['datasets']); }} /></span>
            </p>
            {dataset.problem && <p class="note bad">{dataset.problem}</p>}
            <Facts facts={[
              [t('task'), dataset.task && wordFor('task', dataset.task)],
              [t('dataset.train'), dataset.counts && number(dataset.counts.train)],
              [t('dataset.dev'), dataset.counts && number(dataset.counts.dev)],
              [t('dataset.test'), dataset.counts && number(dataset.counts.test)],
              [t('dataset.cardinality'), dataset.cardinality && number(dataset.cardinality.mean, 2)],
              [t('dataset.checked'), dataset.validatedAt && dateTime(dataset.validatedAt)],
              [t('dataset.accepted'), dataset.acceptedVersion && dataset.acceptedVersion !== dataset.version && <code>{dataset.acceptedVersion}</code>],
              [t('one.run'), dataset.runId && <a href={href(['runs', dataset.runId])}><code>{dataset.runId}</code></a>],
              [t('dataset.report'), dataset.report && <code>reports/{dataset.report}.md</code>],
            ]} />
            {dataset.acceptedVersion && <TrainButton name={name} version={dataset.acceptedVersion} />}
            {dataset.acceptedVersion && <Corrections key={dataset.acceptedVersion} name={name} />}
            <Labels title={t('dataset.textLabels')} labels={dataset.textLabels} />
            <Labels title={t('dataset.entityLabels')} labels={dataset.entityLabels} />
            {dataset.totals && <Findings totals={dataset.totals} findings={dataset.findings} code={query.get('code')} />}
          </>
        )}
      </Answered>
    </>
  );
}

function TrainButton({ name, version }) {
  const [state, setState] = useState({});
  const train = async () => {
    setState({ isBusy: true });
    try {
      const run = await post('runs', { dataset: { name, version } });
      location.hash = href(['runs', run.runId]);
    } catch (problem) {
      setState({ problem });
    }
  };
  return (
    <>
      <ProblemNote problem={state.problem} onRetry={train} />
      <p><button type="button" disabled={state.isBusy} onClick={train}>{t('dataset.trainNow')}</button></p>
    </>
  );
}

function Labels({ title, labels }) {
  return labels?.length > 0 && (
    <section>
      <h2>{title} <small>{number(labels.length)}</small></h2>
      <ul class="chips">{labels.map((label) => <li>{label}</li>)}</ul>
    </section>
  );
}

function Findings({ totals, findings, code }) {
  const chosen = code ? findings.filter((finding) => finding.code === code) : findings;
  const [shown, pager] = usePage(chosen, pageSize, code);
  const total = totals.find((item) => item.code === code);
  return (
    <section>
      <h2>{t('dataset.findings')} <small>{number(totals.reduce((sum, { count }) => sum + count, 0))}</small></h2>
      {totals.length === 0 ? <p class="muted">{t('dataset.clean')}</p> : (
        <div class="filters" role="group" aria-label={t('dataset.filter')}>
          <button type="button" aria-pressed={!code} onClick={() => setQuery({ code: '' })}>{t('all')}</button>
          {totals.map((item) => (
            <button type="button" class={item.severity} aria-pressed={code === item.code} onClick={() => setQuery({ code: item.code })}>
              {item.code} <span>{number(item.count)}</span>
            </button>
          ))}
        </div>
      )}
      {total && total.count > chosen.length && <p class="muted">{t('dataset.firstOnly', { shown: chosen.length, count: total.count })}</p>}
      <ol class="findings">
        {shown.map((finding) => (
          <li class={finding.severity}>
            <p><State state={finding.severity} /> <code>{finding.code}</code> <span class="muted place">{place(finding)}</span></p>
            <div>
              <p>{finding.message} <span class="muted">{finding.advice}</span></p>
              {finding.excerpt && <p><code class="excerpt">{finding.excerpt}</code></p>}
            </div>
          </li>
        ))}
      </ol>
      {pager}
    </section>
  );
}

const place = ({ file, line, column }) => [file, line, column].filter((part) => part !== undefined && part !== null).join(':');
