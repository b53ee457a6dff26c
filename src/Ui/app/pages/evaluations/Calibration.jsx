import { number, percent, score } from '../../format.js';
import { t } from '../../words/index.js';

const side = 160;
const x = (value) => 30 + value * side;
const y = (value) => 10 + (1 - value) * side;

/** How far scores are the chance of being right. */
export function Calibration({ parts }) {
  const known = parts.filter(([, calibration]) => calibration);
  return known.length > 0 && (
    <section>
      <h2>{t('evaluation.calibration')}</h2>
      <p class="muted">{t('evaluation.calibrationHow')}</p>
      <div class="columns">{known.map(([title, calibration]) => <Reliability title={t(title)} {...calibration} />)}</div>
    </section>
  );
}

function Reliability({ title, ece, bins }) {
  const most = Math.max(...bins.map(({ count }) => count));
  const text = bins.map(({ meanScore, accuracy, count }) => t('evaluation.bin', { score: percent(meanScore), right: percent(accuracy), n: count })).join('; ');
  return (
    <figure class="reliability">
      <figcaption>{title} · ECE {score(ece)}</figcaption>
      <svg viewBox={`0 0 ${side + 40} ${side + 40}`} role="img" aria-label={text}>
        <rect class="frame" x={x(0)} y={y(1)} width={side} height={side} />
        <line class="ideal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <polyline class="curve" points={bins.map(({ meanScore, accuracy }) => `${x(meanScore)},${y(accuracy)}`).join(' ')} />
        {bins.map(({ meanScore, accuracy, count }) => <circle cx={x(meanScore)} cy={y(accuracy)} r={2 + 4 * Math.sqrt(count / most)}><title>{`${percent(meanScore)} → ${percent(accuracy)} (${number(count)})`}</title></circle>)}
        {[0, 0.5, 1].map((tick) => <><text x={x(tick)} y={y(0) + 14} text-anchor="middle">{tick * 100}</text><text x={x(0) - 5} y={y(tick) + 4} text-anchor="end">{tick * 100}</text></>)}
      </svg>
    </figure>
  );
}
