import { post } from '../api.js';
import { number } from '../format.js';
import { useLive } from '../live.js';
import { t } from '../words/index.js';
import { announce } from './Announcer.jsx';
import { ConfirmButton } from './Confirm.jsx';
import { ProblemNote } from './Problem.jsx';

/** The corrections that wait to become part of a dataset; nothing where there are none. */
export function FeedbackFold({ dataset }) {
  const live = useLive(`datasets/${dataset}/feedback`, 15);
  if (live.problem) {
    return <ProblemNote problem={live.problem} onRetry={live.refresh} />;
  }

  if (!live.data || live.data.waiting + live.data.contradictions.length === 0) {
    return null;
  }

  const { waiting, needed, contradictions } = live.data;
  const fold = async () => {
    const result = await post(`datasets/${dataset}/feedback/fold`);
    announce(t('feedback.folded', { n: result.folded }));
    live.refresh();
  };
  return (
    <section>
      <h2>{t('feedback.title')} <small>{number(waiting)}</small></h2>
      <p>{t('feedback.waiting', { n: waiting, needed })}</p>
      {contradictions.length > 0 && (
        <div class="note warn">
          <p>{t('feedback.contradictions', { n: contradictions.length })}</p>
          <ul>{contradictions.map(({ text, reason }) => <li><q>{text}</q> <span class="muted">{reason}</span></li>)}</ul>
        </div>
      )}
      {waiting > 0 && <ConfirmButton label={t('feedback.fold')} title={t('feedback.foldTitle', { n: waiting })} text={t('feedback.foldText', { dataset })} action={fold} />}
    </section>
  );
}
