import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared } from '../browser.js';
import { binName } from '../../app/figures/bins.js';

test('binName: says which lengths a bin holds', () => {
  for (const { bin, name } of shared('length-bins.json')) {
    assert.equal(binName('lengths', String(bin), 9), name);
  }
});

test('binName: says which scores a bin holds, and leaves a label as it is', () => {
  assert.equal(binName('scores', '9'), '90–100');
  assert.equal(binName('labels', '9'), '9');
});
