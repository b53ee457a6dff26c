import '../browser.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devText, devTitle, devValue, differenceText, judge, mainScore, metricNames, metricsOf, metricText } from '../../app/figures/metrics.js';

test('metricNames: each once; dev before test, the main score first, unknown ones last', () => {
  const versions = [{ metrics: { 'test.f1': 1, 'dev.zeta': 1, 'dev.f1': 1 } }, { metrics: { 'dev.alpha': 1, 'dev.f1': 1, 'dev.main': 1 } }];

  assert.deepEqual(metricNames(versions), ['dev.main', 'dev.f1', 'dev.alpha', 'dev.zeta', 'test.f1']);
});

test('metricText: parts of one are shown in percent, times and losses as they are', () => {
  assert.equal(metricText('dev.f1', 0.91234), '91.2');
  assert.equal(metricText('dev.msPerExample', 1.234), '1.23');
  assert.equal(metricText('dev.f1', undefined), '–');
});

test('differenceText: points with their sign', () => {
  assert.equal(differenceText('dev.f1', 0.0123), '+1.2');
  assert.equal(differenceText('dev.f1', -0.0123), '-1.2');
  assert.equal(differenceText('dev.loss', 0.5), '+0.50');
  assert.equal(differenceText('dev.loss', -0.5), '-0.50');
});

test('judge: more is better, but of errors, times and losses less is', () => {
  assert.equal(judge('dev.f1', 0.01), 1);
  assert.equal(judge('dev.f1', -0.01), -1);
  assert.equal(judge('dev.ece', 0.01), -1);
  assert.equal(judge('test.msPerExample', -1), 1);
});

test('judge: a difference that nobody would notice is none', () => {
  assert.equal(judge('dev.f1', 0.0004), 0);
  assert.equal(judge('dev.msPerExample', 0.1), 0);
});

test('mainScore: on test where there is one, else on dev', () => {
  assert.deepEqual(mainScore({ metrics: { 'dev.main': 0.9, 'test.main': 0.8, 'test.f1': 0.7 } }), { split: 'test', value: 0.8 });
  assert.deepEqual(mainScore({ metrics: { 'dev.main': 0.9, 'dev.f1': 0.7 } }), { split: 'dev', value: 0.9 });
});

// As Droptune's first version wrote what it had trained.
const first = {
  'token-classification': { 'dev.loss': 1, 'dev.precision': 0.8, 'dev.recall': 1, 'dev.f1': 0.5 },
  'text-classification': { 'dev.loss': 1, 'dev.accuracy': 0.75, 'dev.macroF1': 0.25 },
  joint: { 'dev.loss': 1, 'dev.precision': 0.8, 'dev.recall': 1, 'dev.f1': 0.5, 'dev.accuracy': 0.75, 'dev.macroF1': 0.25 },
};

for (const [task, value] of [['token-classification', 0.5], ['text-classification', 0.75], ['joint', 0.625]]) {
  test(`metricsOf: a version of the first Droptune, ${task}, has a main score`, () => {
    assert.deepEqual(metricsOf({ metrics: first[task] }), { ...first[task], 'dev.main': value });
    assert.equal(mainScore({ metrics: first[task] }).value, value);
    assert.equal(metricNames([{ metrics: first[task] }])[0], 'dev.main');
  });
}

test('metricsOf: the main score that is there stays, and f1 is of entities only', () => {
  const labels = { 'dev.main': 0.9, 'dev.accuracy': 0.9, 'dev.macroF1': 0.8 };
  const entities = { 'dev.main': 0.6, 'dev.accuracy': 0.9, 'dev.macroF1': 0.8, 'dev.f1': 0.7, 'dev.precision': 0.7 };

  assert.deepEqual(metricsOf({ metrics: { ...labels, 'dev.f1': 0.8 } }), labels);
  assert.deepEqual(metricsOf({ metrics: entities }), entities);
});

test('devText: the main score of a run, in percent', () => {
  const metric = { name: 'main', value: 0.91234 };

  assert.equal(devTitle(metric), 'Main score on dev');
  assert.equal(devText(metric), '91.2');
  assert.equal(devText(metric, 2), '91.23');
});

test('devText: what a run of the first Droptune told instead, by its own name', () => {
  const loss = { name: 'loss', value: -0.25 };

  assert.equal(devTitle({ name: 'f1', value: 0.9 }), 'f1 on dev');
  assert.equal(devTitle(loss), 'loss on dev');
  assert.equal(devText(loss), '0.2500');
  assert.equal(devValue(loss, -0.5), 0.5);
});
