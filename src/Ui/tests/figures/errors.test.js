import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared } from '../browser.js';
import { entityErrors, hasError } from '../../app/figures/errors.js';

// "0-2:A 2-4:B", as the shared cases write entities.
const entities = (text) => text.split(' ').filter(Boolean).map((entity) => {
  const [, start, end, label] = /^(\d)-(\d):(\w+)$/.exec(entity);
  return { start: Number(start), end: Number(end), label };
});

for (const { why, expected, predicted, right, errors } of shared('entity-errors.json')) {
  test(`entityErrors: ${why}`, () => {
    const example = { expectedEntities: entities(expected), predictedEntities: entities(predicted) };

    const found = entityErrors(example);

    assert.deepEqual(found.map(({ label, kind, other }) => [label, kind, other].filter(Boolean).join(' ')).sort(), errors);
    assert.equal(example.expectedEntities.length - found.filter(({ kind }) => kind !== 'spurious').length, right);
  });
}

test('entityErrors: none where the task has no entities', () => assert.deepEqual(entityErrors({ expectedLabel: 'a', predictedLabel: 'b' }), []));

test('hasError: finds an example by a confusion of text labels', () => {
  const example = { expectedLabel: 'a', predictedLabel: 'b' };

  assert.equal(hasError(example, { expected: 'a', predicted: 'b' }), true);
  assert.equal(hasError(example, { expected: 'b', predicted: 'a' }), false);
  assert.equal(hasError(example, null), true);
});

test('hasError: finds an example by an entity error, and by what it was mistaken for', () => {
  const example = { expectedEntities: entities('0-2:A'), predictedEntities: entities('0-2:B 4-6:A') };

  assert.equal(hasError(example, { label: 'A', kind: 'mistaken', other: 'B' }), true);
  assert.equal(hasError(example, { label: 'A', kind: 'mistaken', other: 'C' }), false);
  assert.equal(hasError(example, { label: 'A', kind: 'spurious' }), true);
  assert.equal(hasError(example, { label: 'A', kind: 'missed' }), false);
});
