import { useState } from 'preact/hooks';
import { post } from '../../api.js';
import { ConfirmButton } from '../../parts/dialogs/Confirm.jsx';
import { Facts } from '../../parts/Facts.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { number } from '../../format.js';
import { useLive } from '../../live.js';
import { t } from '../../words/index.js';

const pageSize = 10;

/** Corrections that wait for a dataset: how many, which cannot be folded, and the way to fold them at once. */
export function Corrections({ name }) {
  const live = useLive(`datasets/${name}/feedback`, null); // not again by itself: it is compared with the whole dataset
  const [file, setFile] = useState(null);
  const fold = async () => {
    setFile((await post(`datasets/${name}/feedback/fold`)).file);
    await live.refresh();
  };
  return (
    <section>
      <h2>{t('corrections')}</h2>
      <Answered live={live}>
        {({ ready, minimum, folded, problems }) => (
          <>
            <Facts facts={[[t('corrections.ready'), number(ready)], [t('corrections.folded'), number(folded)]]} />
            {file && <p class="note good" role="status">{t('corrections.done')} <code>datasets/{file}</code></p>}
            <p class="muted">{t('corrections.when', { n: minimum })}</p>
            {ready > 0 && <p><ConfirmButton className="primary" label={t('corrections.fold')} title={t('corrections.foldTitle', { n: ready })} text={t('corrections.foldText')} action={fold} /></p>}
            {problems.length > 0 && <Problems problems={problems} />}
          </>
        )}
      </Answered>
    </section>
  );
}

function Problems({ problems }) {
  const [shown, pager] = usePage(problems, pageSize);
  return (
    <>
      <h3>{t('corrections.problems')} <small>{number(problems.length)}</small></h3>
      <ol class="findings">
        {shown.map(({ text, code, message, blobs }) => (
          <li class="warning">
            <p><code>{code}</code></p>
            <div>
              <p>{text} <span class="muted">{message}</span></p>
              <p>{blobs.map((blob) => <code class="excerpt">feedback/{blob} </code>)}</p>
            </div>
          </li>
        ))}
      </ol>
      {pager}
    </>
  );
}
