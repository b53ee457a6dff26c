import { duration, percent, secondsOf } from '../format.js';
import { t, wordFor } from '../words/index.js';

const looks = {
  Accepted: 'good', Succeeded: 'good', Running: 'busy', Validating: 'busy', Queued: 'calm', Cancelled: 'calm', Rejected: 'bad', Failed: 'bad',
  production: 'good', candidate: 'busy', error: 'bad', warning: 'warn', info: 'calm', dropped: 'bad', promoted: 'good',
};

/** A state as a word with a colour. */
export function State({ state }) {
  return <span class={`state ${looks[state] ?? 'calm'}`}>{wordFor('state', state)}</span>;
}

/** How far a run is: a bar, and what it does; nothing for a run that does not run. */
export function RunBar({ run }) {
  const progress = run.progress;
  if (run.state !== 'Running' || !progress) {
    return null;
  }

  const part = progress.steps > 0 ? progress.step / progress.steps : undefined;
  return (
    <div class="run-bar">
      <progress max="1" value={part} aria-label={t('run.progressOf', { run: run.runId })} />
      <span>
        {wordFor('stage', progress.stage)}
        {part !== undefined && ` ${percent(part)}`}
        {progress.eta && ` · ${t('run.left', { time: duration(secondsOf(progress.eta)) })}`}
      </span>
    </div>
  );
}
