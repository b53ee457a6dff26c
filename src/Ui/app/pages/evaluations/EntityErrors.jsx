import { number } from '../../format.js';
import { t } from '../../words/index.js';

/** What became of the entities of each label; a count shows its examples. */
export function EntityErrors({ errors, onChoose }) {
  const cell = (label, kind, count) => (
    <td class="number">{count > 0 ? <button type="button" class="count" onClick={() => onChoose({ label, kind })} aria-label={t('evaluation.showErrors', { n: count, what: `${label}: ${t(`error.${kind}`)}` })}>{number(count)}</button> : <span class="muted">0</span>}</td>
  );
  return (
    <section>
      <h2>{t('evaluation.entityErrors')}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label={t('evaluation.entityErrors')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{t('evaluation.label')}</th>
              {['correct', 'boundary', 'missed', 'spurious'].map((kind) => <th scope="col" class="number">{t(`error.${kind}`)}</th>)}
              <th scope="col">{t('error.mistaken')}</th>
            </tr>
          </thead>
          <tbody>
            {errors.map(({ label, correct, wrongBoundary, missed, spurious, mistakenFor = {} }) => (
              <tr>
                <th scope="row">{label}</th>
                <td class="number">{number(correct)}</td>
                {cell(label, 'boundary', wrongBoundary)}
                {cell(label, 'missed', missed)}
                {cell(label, 'spurious', spurious)}
                <td>
                  {Object.entries(mistakenFor).map(([other, count]) => (
                    <button type="button" class="count" onClick={() => onChoose({ label, kind: 'mistaken', other })}>{other} {number(count)}</button>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
