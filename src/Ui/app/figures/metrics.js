// The scores of a version or an evaluation: "dev.main", "test.msPerExample".
import { number, points, score } from '../format.js';
import { t, wordFor } from '../words/index.js';

const order = ['main', 'f1', 'accuracy', 'microF1', 'precision', 'recall', 'macroF1', 'subsetAccuracy', 'exact', 'ece', 'loss', 'msPerExample'];
const plain = new Set(['loss', 'msPerExample']); // no parts of a whole
const splits = ['dev', 'test'];
const lowerIsBetter = new Set(['ece', 'msPerExample', 'loss']);

const part = (metric) => metric.split('.');
const rank = (list, item) => (list.includes(item) ? list.indexOf(item) : list.length);

/**
 * The scores of a version or an evaluation by name. Droptune's first version gave what it trained no main score, but all that it
 * is made of, and called the macro F1 of text labels `f1` as well where a task had no entities.
 */
export function metricsOf({ metrics }) {
  const isOfLabels = (split) => `${split}.macroF1` in metrics && !(`${split}.precision` in metrics);
  const known = Object.fromEntries(Object.entries(metrics).filter(([name]) => part(name)[1] !== 'f1' || !isOfLabels(part(name)[0])));
  const parts = [known['dev.f1'], known['dev.accuracy']].filter((value) => value !== undefined);
  return parts.length === 0 ? known : { 'dev.main': parts.reduce((sum, value) => sum + value) / parts.length, ...known };
}

/** All names of scores that occur, by split and in the order of their weight. */
export const metricNames = (versions) => [...new Set(versions.flatMap((version) => Object.keys(metricsOf(version))))]
  .sort((a, b) => rank(splits, part(a)[0]) - rank(splits, part(b)[0]) || rank(order, part(a)[1]) - rank(order, part(b)[1]) || a.localeCompare(b));

const isPlain = (metric) => plain.has(part(metric)[1]);

export const metricText = (metric, value) => (value === undefined ? '–' : isPlain(metric) ? number(value, 2) : score(value));

export const differenceText = (metric, value) => (isPlain(metric) ? (value > 0 ? '+' : '') + number(value, 2) : points(value));

/** 1 = better, -1 = worse, 0 = about the same. */
export function judge(metric, difference) {
  const least = isPlain(metric) ? 0.2 : 0.0005;
  return Math.abs(difference) < least ? 0 : Math.sign(difference) * (lowerIsBetter.has(part(metric)[1]) ? -1 : 1);
}

/** The main score, on test where there is one: { split, value }. */
export function mainScore(scored) {
  const metrics = metricsOf(scored);
  const split = 'test.main' in metrics ? 'test' : 'dev';
  return { split, value: metrics[`${split}.main`] };
}

/** What a run's newest score on dev is called. Runs of Droptune's first version tell another than the main score, by its own name. */
export const devTitle = ({ name }) => (name === 'main' ? t('metric.mainOf', { split: wordFor('split', 'dev') }) : t('run.devNamed', { name }));

/** Such a score as it is shown; a loss is told below zero, so that more is better. */
export const devValue = ({ name }, value) => (name === 'loss' ? -value : value * 100);

export const devText = (metric, digits = 1) => number(devValue(metric, metric.value), metric.name === 'loss' ? 4 : digits);
