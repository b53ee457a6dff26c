import { Chart } from '../../parts/Chart.jsx';
import { usePage } from '../../parts/Pager.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { binName } from '../../figures/bins.js';
import { number, percent } from '../../format.js';
import { useLive } from '../../live.js';
import { href } from '../../route.js';
import { t, wordFor } from '../../words/index.js';

const most = 12;
const pageSize = 10;

/** What a model was asked lately, and how far that is from its data; and the texts that it was least certain of. */
export function Traffic({ model }) {
  const live = useLive(`models/${model}/traffic`, 30);
  const uncertain = useLive(`models/${model}/uncertain`, 30);
  return (
    <section>
      <h2>{t('traffic')}</h2>
      <Answered live={live}>{(traffic) => traffic.hours.length === 0 ? <p class="muted">{t('traffic.none')}</p> : <Watch traffic={traffic} />}</Answered>
      <h3>{t('uncertain')}</h3>
      <Answered live={uncertain}>{(texts) => texts.length === 0 ? <p class="muted">{t('uncertain.none')}</p> : <Uncertain model={model} texts={texts} />}</Answered>
    </section>
  );
}

function Watch({ traffic: { lastDay, drift, hours } }) {
  const byHour = new Map();
  for (const { hour, profile } of [...hours].reverse()) {
    byHour.set(hour, (byHour.get(hour) ?? 0) + profile.texts); // of all versions
  }

  return (
    <>
      <ul class="tiles">
        <li><span>{t('traffic.texts')}</span><strong>{number(lastDay.texts)}</strong></li>
        <li><span>{t('traffic.pieces')}</span><strong>{number(lastDay.texts && lastDay.pieces / lastDay.texts, 1)}</strong></li>
        <li><span>{t('traffic.unknown')}</span><strong>{percent(lastDay.pieces && lastDay.unknownPieces / lastDay.pieces, 1)}</strong></li>
      </ul>
      {byHour.size > 1 && (
        <Chart
          title={t('traffic.hours')}
          isTime
          digits={0}
          x={[...byHour.keys()].map((hour) => Date.parse(hour) / 1000)}
          series={[{ label: t('traffic.textsOf'), values: [...byHour.values()] }]}
        />
      )}
      {drift ? <Drift drift={drift} lengthBins={lastDay.lengths.length} /> : <p class="muted">{t('traffic.noDrift')}</p>}
      <div class="columns">
        <Counts title={t('traffic.labels')} counts={Object.entries(lastDay.labels)} />
        <Counts title={t('traffic.entities')} counts={Object.entries(lastDay.entities)} />
        <Counts title={t('traffic.scores')} counts={lastDay.scores.map((count, i) => [binName('scores', i), count])} isOrdered />
        <Counts title={t('traffic.lengths')} counts={lastDay.lengths.map((count, i) => [binName('lengths', i, lastDay.lengths.length), count])} isOrdered />
      </div>
    </>
  );
}

function Drift({ drift, lengthBins }) {
  const rows = ['labels', 'entities', 'scores', 'lengths'].map((name) => [name, drift[name]]);
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={t('traffic.drift')}>
      <table class="figures">
        <caption>{t('traffic.drift')}</caption>
        <thead><tr><th scope="col">{t('traffic.property')}</th><th scope="col" class="number">{t('traffic.index')}</th><th scope="col">{t('traffic.moved')}</th></tr></thead>
        <tbody>
          {rows.map(([name, { index, isReal, moved }]) => (
            <tr>
              <th scope="row">{wordFor('traffic', name)}</th>
              <td class="number">{number(index, 2)}{isReal && <> <strong class="state bad">{t('traffic.shifted')}</strong></>}</td>
              <td>{moved.slice(0, 3).map(({ bin, expected, traffic }) => `${binName(name, bin, lengthBins)} ${percent(expected)} → ${percent(traffic)}`).join('; ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Counts({ title, counts, isOrdered }) {
  const shown = (isOrdered ? counts : counts.sort(([, a], [, b]) => b - a)).slice(0, most);
  const largest = Math.max(1, ...shown.map(([, count]) => count));
  return shown.length > 0 && (
    <section>
      <h3>{title}</h3>
      <table class="figures">
        <tbody>{shown.map(([name, count]) => <tr><th scope="row">{name}</th><td><meter min="0" max={largest} value={count} aria-hidden="true" /></td><td class="number">{number(count)}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

function Uncertain({ model, texts }) {
  const [shown, pager] = usePage(texts, pageSize);
  return (
    <>
      <ol class="history">
        {shown.map(({ text, score, label, labels = label ? [label] : [] }) => <li><span class="muted">{percent(score)} {labels.map(({ name }) => name).join(', ')}</span> <a href={href(['try'], { model, text })}>{text}</a></li>)}
      </ol>
      {pager}
    </>
  );
}
