import { useState } from 'preact/hooks';
import { number } from '../../format.js';
import { t } from '../../words/index.js';

const mostAtFirst = 20; // labels; the rest on demand

/** How often a label (row) was predicted as another (column); a confusion shows its examples. */
export function Confusion({ labels, counts, onChoose }) {
  const [isWhole, setIsWhole] = useState(false);
  const confusions = labels.map((_, i) => counts[i].reduce((sum, n) => sum + n, 0) + counts.reduce((sum, row) => sum + row[i], 0) - 2 * counts[i][i]);
  const worst = labels.map((_, i) => i).sort((a, b) => confusions[b] - confusions[a]).slice(0, mostAtFirst).sort((a, b) => a - b);
  const shown = isWhole ? labels.map((_, i) => i) : worst;
  const most = Math.max(1, ...labels.flatMap((_, i) => counts[i].filter((__, j) => i !== j)));
  return (
    <section>
      <h2>{t('evaluation.confusion')}</h2>
      <p class="muted">{t('evaluation.confusionHow')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label={t('evaluation.confusion')}>
        <table class="confusion">
          <thead>
            <tr>
              <th scope="col">{t('evaluation.expectedByPredicted')}</th>
              {shown.map((j) => <th scope="col"><span>{labels[j]}</span></th>)}
            </tr>
          </thead>
          <tbody>
            {shown.map((i) => (
              <tr>
                <th scope="row">{labels[i]}</th>
                {shown.map((j) => <Cell expected={labels[i]} predicted={labels[j]} count={counts[i][j]} most={most} onChoose={onChoose} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {labels.length > mostAtFirst && <button type="button" onClick={() => setIsWhole(!isWhole)}>{isWhole ? t('evaluation.worstOnly', { n: mostAtFirst }) : t('evaluation.allLabels', { n: labels.length })}</button>}
    </section>
  );
}

function Cell({ expected, predicted, count, most, onChoose }) {
  if (expected === predicted) {
    return <td class="right">{number(count)}</td>;
  }

  return count === 0 ? <td class="none">·</td> : (
    <td class="wrong" style={{ '--part': count / most }}>
      <button type="button" onClick={() => onChoose({ expected, predicted })} aria-label={t('evaluation.showErrors', { n: count, what: `${expected} → ${predicted}` })}>{number(count)}</button>
    </td>
  );
}
