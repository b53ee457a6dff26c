import { useEffect, useRef, useState } from 'preact/hooks';
import { answerKeyQuestion, onKeyQuestion } from '../../api.js';
import { t } from '../../words/index.js';

/** Asks for the function key when the API wants one. */
export function KeyDialog() {
  const [question, setQuestion] = useState(null);
  const dialog = useRef();
  useEffect(() => onKeyQuestion(setQuestion), []);
  useEffect(() => (question ? dialog.current.showModal() : dialog.current.close()), [question]);

  const send = (event) => {
    event.preventDefault();
    answerKeyQuestion(new FormData(event.target).get('key').trim());
    event.target.reset();
  };

  return (
    <dialog ref={dialog} aria-labelledby="key-title" onCancel={() => answerKeyQuestion(null)}>
      <form onSubmit={send}>
        <h2 id="key-title">{t('key.title')}</h2>
        <p>{question?.isRefused ? t('key.refused') : t('key.why')}</p>
        <p class="muted">{t('key.where')}</p>
        <label class="field">
          {t('key.label')}
          <input name="key" type="password" autocomplete="off" required autofocus />
        </label>
        <p class="actions">
          <button type="button" onClick={() => answerKeyQuestion(null)}>{t('cancel')}</button>
          <button class="primary">{t('key.use')}</button>
        </p>
      </form>
    </dialog>
  );
}
