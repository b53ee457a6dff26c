import { askAgain } from '../../api.js';
import { t } from '../../words/index.js';

/** An error: what happened, what to do, and a way to try again. */
export function ProblemNote({ problem, onRetry }) {
  if (!problem) {
    return null;
  }

  const retry = () => {
    askAgain();
    onRetry();
  };
  const place = [problem.path, problem.line && t('problem.place', { line: problem.line, column: problem.column ?? 1 })].filter(Boolean).join(', ');
  return (
    <div class="note bad" role="alert">
      <p><strong>{problem.title ?? problem.message}</strong>{place && <code>{place}</code>}</p>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      {problem.findings && <ul>{problem.findings.map(({ message, advice }) => <li>{message} <span class="muted">{advice}</span></li>)}</ul>}
      {problem.traceId && <p class="muted">{t('problem.trace')} <code>{problem.traceId}</code></p>}
      {onRetry && <button type="button" onClick={retry}>{problem.status === 401 ? t('problem.enterKey') : t('problem.retry')}</button>}
    </div>
  );
}

/** Content that depends on an answer: the problem, a sign of waiting, or the content. */
export function Answered({ live, children }) {
  return (
    <>
      <ProblemNote problem={live.problem} onRetry={live.refresh} />
      {live.data !== undefined ? children(live.data) : !live.problem && <p class="waiting" aria-busy="true">{t('loading')}</p>}
    </>
  );
}
