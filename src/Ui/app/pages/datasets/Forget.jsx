import { useState } from 'preact/hooks';
import { post } from '../../api.js';
import { ConfirmButton } from '../../parts/dialogs/Confirm.jsx';
import { t } from '../../words/index.js';

/** A person's text is to be forgotten: removes it where that is for a program to do, and lists what still has it. */
export function Forget() {
  const [text, setText] = useState('');
  const [report, setReport] = useState(null);
  const forget = async () => {
    setReport(await post('texts/forget', { text }));
    setText('');
  };
  return (
    <section>
      <h2>{t('forget')}</h2>
      <p class="muted">{t('forget.what')}</p>
      <label class="field">{t('forget.text')} <textarea value={text} rows="3" onInput={(event) => setText(event.target.value)} /></label>
      {text.trim() && <p><ConfirmButton label={t('forget')} title={t('forget.title')} text={t('forget.sure')} action={forget} /></p>}
      {report && <Report report={report} />}
    </section>
  );
}

const Report = ({ report: { removed, held } }) => (
  <div class="note" role="status">
    <p>{t('forget.removed', { n: removed.length })}</p>
    {held.length > 0 && <p>{t('forget.held')}</p>}
    <ul>{held.map(({ name, command }) => <li><code>{name}</code><pre tabindex="0">{command}</pre></li>)}</ul>
  </div>
);
