import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { axisTime, dateTime, number } from '../format.js';
import { language, t } from '../words/index.js';

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Lines over time or steps, with the same as a table for who cannot see them.
 * `x` are seconds since 1970 when `isTime`, else plain numbers; `series` are { label, values, points?, dash? }.
 */
export function Chart({ title, x, series, isTime = false, xLabel, height = 220, digits = 2 }) {
  const box = useRef();
  const plot = useRef();
  const shape = JSON.stringify([title, language().code, series.map(({ label, points, dash }) => [label, points, dash])]);

  useEffect(() => {
    const place = box.current; // the ref is empty by the time a late resize is told of
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(place.clientWidth), [x, ...series.map(({ values }) => values)], place);
    };
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height }));
    const theme = matchMedia('(prefers-color-scheme: dark)');
    draw();
    resized.observe(box.current);
    theme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      theme.removeEventListener('change', draw);
      plot.current.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData([x, ...series.map(({ values }) => values)]), [JSON.stringify([x, series.map(({ values }) => values)])]);

  // Where the cursor is; the newest while it is elsewhere.
  const shown = (value) => (value === null || value === undefined ? '–' : number(value, digits + 1));

  function options(width) {
    const axis = { stroke: style('--muted'), grid: { stroke: style('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui' };
    return {
      width,
      height,
      scales: { x: { time: isTime } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          ...(isTime && { space: 70, values: (_, ticks, __, ___, step) => ticks.map((tick) => axisTime(tick, step)) }),
        },
        { ...axis, size: 46, values: (_, ticks) => ticks.map((tick) => number(tick, digits)) },
      ],
      cursor: { points: { size: 7 } },
      legend: { live: true },
      series: [
        { label: xLabel ?? t('chart.time'), value: ({ data }, value) => (isTime ? dateTime((value ?? data[0].at(-1)) * 1000) : number(value ?? data[0].at(-1))) },
        ...series.map(({ label, points, dash }, i) => ({
          label,
          stroke: style(`--series-${i + 1}`),
          width: points ? 0 : 2,
          dash,
          spanGaps: true,
          points: { show: points || x.length < 40, size: points ? 8 : 5, fill: style('--surface') },
          value: ({ data }, value, line, at) => (at === null ? shown(data[line].findLast((last) => last !== null)) : shown(value)),
        })),
      ],
    };
  }

  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={box} aria-hidden="true" />
      <details>
        <summary>{t('chart.table')}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label={title}>
          <table>
            <thead><tr><th scope="col">{xLabel ?? t('chart.time')}</th>{series.map(({ label }) => <th scope="col">{label}</th>)}</tr></thead>
            <tbody>
              {x.map((at, i) => (
                <tr>
                  <th scope="row">{isTime ? dateTime(at * 1000) : number(at)}</th>
                  {series.map(({ values }) => <td>{shown(values[i])}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** A line as small as a word, for a glance; what it says must stand beside it. */
export function Sparkline({ values }) {
  if (values.length < 2) {
    return null;
  }

  const [low, high] = [Math.min(...values), Math.max(...values)];
  const points = values.map((value, i) => `${(i / (values.length - 1)) * 96 + 2},${high === low ? 12 : 22 - ((value - low) / (high - low)) * 20}`);
  return <svg class="sparkline" viewBox="0 0 100 24" aria-hidden="true"><polyline points={points.join(' ')} /></svg>;
}
