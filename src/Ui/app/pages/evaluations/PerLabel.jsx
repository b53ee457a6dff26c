import { useState } from 'preact/hooks';
import { usePage } from '../../parts/Pager.jsx';
import { number, score } from '../../format.js';
import { t } from '../../words/index.js';

const pageSize = 20;
const orders = {
  f1: ([, a], [, b]) => a.f1 - b.f1,
  support: ([, a], [, b]) => b.support - a.support,
  label: ([a], [b]) => a.localeCompare(b),
};

/** Precision, recall and F1 by label, and the threshold from which it holds where each has one; the weakest first. */
export function PerLabel({ title, scores, thresholds }) {
  const [order, setOrder] = useState('f1');
  const [shown, pager] = usePage(Object.entries(scores).sort(orders[order]), pageSize, order);
  const heading = (name, text, className) => (
    <th scope="col" class={className} aria-sort={order === name ? (name === 'support' ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={() => setOrder(name)}>{text}</button>
    </th>
  );
  return (
    <section>
      <h2>{title}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label={title}>
        <table class="figures">
          <thead>
            <tr>
              {heading('label', t('evaluation.label'))}
              {heading('f1', t('evaluation.f1'), 'number')}
              <th scope="col" class="number">{t('metric.precision')}</th>
              <th scope="col" class="number">{t('metric.recall')}</th>
              {heading('support', t('evaluation.support'), 'number')}
              {thresholds && <th scope="col" class="number">{t('evaluation.threshold')}</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map(([label, { f1, precision, recall, support }]) => (
              <tr>
                <th scope="row">{label}</th>
                <td class="number bar" style={{ '--part': f1 }}>{score(f1)}</td>
                <td class="number">{score(precision)}</td>
                <td class="number">{score(recall)}</td>
                <td class="number">{number(support)}</td>
                {thresholds && <td class="number">{score(thresholds[label])}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pager}
    </section>
  );
}
