import '../browser.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceText, judge, mainScore, metricNames, metricText } from '../../app/figures/metrics.js';

test('metricNames: each once; dev before test, the main score first, unknown ones last', () => {
  const versions = [{ metrics: { 'test.f1': 1, 'dev.zeta': 1, 'dev.f1': 1 } }, { metrics: { 'dev.main': 1, 'dev.alpha': 1, 'dev.f1': 1 } }];

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
  assert.equal(mainScore({ metrics: { 'dev.main': 0.9, 'test.main': 0.8, 'test.f1': 0.7 } }), 0.8);
  assert.equal(mainScore({ metrics: { 'dev.main': 0.9, 'dev.f1': 0.7 } }), 0.9);
});
