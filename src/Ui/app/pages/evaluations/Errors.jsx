import { Marked } from '../../parts/Marked.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { hasError } from '../../figures/errors.js';
import { percent } from '../../format.js';
import { listed, palette } from '../../labels.js';
import { href } from '../../route.js';
import { t } from '../../words/index.js';

const pageSize = 15;

/** The wrongly predicted examples, the most confident first; `wanted` narrows them to one kind of error. */
export function Errors({ split, wanted, onClear, place }) {
  const found = split.errors.filter((example) => hasError(example, wanted));
  const [shown, pager] = usePage(found, pageSize, JSON.stringify(wanted));
  const colour = palette(Object.keys(split.entities?.perLabel ?? {}));
  return (
    <section>
      <h2 id="errors" tabindex="-1">{t('evaluation.errors')} <small>{t('evaluation.errorCount', { n: split.errorCount, examples: split.examples })}</small></h2>
      {split.errorCount > split.errors.length && <p class="muted">{t('evaluation.errorsCapped', { n: split.errors.length })}</p>}
      {wanted && <p class="filters"><button type="button" aria-pressed="true" onClick={onClear}>{describe(wanted)} <span aria-hidden="true">×</span><span class="hidden">{t('evaluation.clear')}</span></button></p>}
      {found.length === 0 && split.errorCount > 0 && <p class="muted">{t('evaluation.noneStored')}</p>}
      <ol class="errors">{shown.map((example) => <li><Example example={example} colour={colour} place={place} /></li>)}</ol>
      {pager}
    </section>
  );
}

const describe = ({ expected, predicted, label, kind, other }) => (expected !== undefined ? `${expected} → ${predicted}` : `${label}: ${t(`error.${kind}`)} ${other ?? ''}`);

function Example({ example, colour, place }) {
  const { text, score, expectedEntities, predictedEntities, expectedLabels, predictedLabels } = example;
  const [expectedLabel, predictedLabel] = expectedLabels ? [expectedLabels, predictedLabels].map((labels) => listed([...labels].sort(), t('try.noLabels'))) : [example.expectedLabel, example.predictedLabel];
  const isSame = JSON.stringify(expectedEntities) === JSON.stringify(predictedEntities);
  return (
    <>
      {isSame ? <p><Marked text={text} entities={expectedEntities} colour={colour} /></p> : (
        <dl class="versus">
          <div><dt>{t('evaluation.expected')}</dt><dd><Marked text={text} entities={expectedEntities} colour={colour} /></dd></div>
          <div><dt>{t('evaluation.predicted')}</dt><dd><Marked text={text} entities={predictedEntities} colour={colour} /></dd></div>
        </dl>
      )}
      <p class="verdict">
        {expectedLabel !== undefined && expectedLabel !== null && (expectedLabel === predictedLabel
          ? <span>{expectedLabel}</span>
          : <span>{t('evaluation.expected')} <strong>{expectedLabel}</strong>, {t('evaluation.predicted')} <strong class="bad">{predictedLabel}</strong></span>)}
        {score > 0 && <span class="muted">{t('evaluation.sure', { score: percent(score) })}</span>}
        <a href={href(['try'], { ...place, text })}>{t('nav.try')}</a>
      </p>
    </>
  );
}
