// The scores of a version or an evaluation: "dev.f1", "test.msPerExample".
import { number, points, score } from '../format.js';

const order = ['main', 'f1', 'accuracy', 'precision', 'recall', 'macroF1', 'exact', 'ece', 'loss', 'msPerExample'];
const plain = new Set(['loss', 'msPerExample']); // no parts of a whole
const splits = ['dev', 'test'];
const lowerIsBetter = new Set(['ece', 'msPerExample', 'loss']);

const part = (metric) => metric.split('.');
const rank = (list, item) => (list.includes(item) ? list.indexOf(item) : list.length);

/** All names of scores that occur, by split and in the order of their weight. */
export const metricNames = (versions) => [...new Set(versions.flatMap(({ metrics }) => Object.keys(metrics)))]
  .sort((a, b) => rank(splits, part(a)[0]) - rank(splits, part(b)[0]) || rank(order, part(a)[1]) - rank(order, part(b)[1]) || a.localeCompare(b));

const isPlain = (metric) => plain.has(part(metric)[1]);

export const metricText = (metric, value) => (value === undefined ? '–' : isPlain(metric) ? number(value, 2) : score(value));

export const differenceText = (metric, value) => (isPlain(metric) ? (value > 0 ? '+' : '') + number(value, 2) : points(value));

/** 1 = better, -1 = worse, 0 = about the same. */
export function judge(metric, difference) {
  const least = isPlain(metric) ? 0.2 : 0.0005;
  return Math.abs(difference) < least ? 0 : Math.sign(difference) * (lowerIsBetter.has(part(metric)[1]) ? -1 : 1);
}

/** The score that stands for the whole: on test where there is one. */
export const mainScore = ({ metrics }) => metrics['test.main'] ?? metrics['dev.main'] ?? metrics['test.f1'] ?? metrics['test.accuracy'] ?? metrics['dev.f1'] ?? metrics['dev.accuracy'];
