import { t } from '../../words/index.js';

const example = '{"text":"Where is my order B-204?","entities":[{"start":18,"end":23,"label":"order_number"}],"label":"track_order"}';

/** What to do while there is nothing to show. */
export function FirstSteps() {
  return (
    <section class="first-steps">
      <h2>{t('first.title')}</h2>
      <ol>
        <li>{t('first.file')}<pre><code>{example}</code></pre></li>
        <li>{t('first.drop')} <code>datasets/support/train.jsonl</code></li>
        <li>{t('first.watch')}</li>
      </ol>
    </section>
  );
}
