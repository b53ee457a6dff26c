import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { listed, palette, toggled } from '../app/labels.js';

test('palette: a label has its colour whatever the order and number of its mentions', () => {
  const [one, other] = [palette(['b', 'a', 'c']), palette(['c', 'b', 'b', 'a'])];

  assert.deepEqual(['a', 'b', 'c'].map(one), ['label-1', 'label-2', 'label-3']);
  assert.deepEqual(['a', 'b', 'c'].map(other), ['label-1', 'label-2', 'label-3']);
});

test('palette: begins again when the colours are used up, all of which the style has', () => {
  const labels = Array.from({ length: 11 }, (_, i) => String.fromCharCode(97 + i));
  const style = readFileSync(new URL('../app/style/parts.css', import.meta.url), 'utf8');

  const classes = labels.map(palette(labels));

  assert.equal(classes.at(-1), classes[0]);
  assert.equal(new Set(classes).size, 10);
  assert.deepEqual(classes.filter((name) => !style.includes(`.${name} {`)), []);
});

test('palette: a label that it does not know has a colour too', () => assert.equal(palette(['a'])('b'), 'label-1'));

test('toggled: adds a label in its place, and takes it away again', () => {
  assert.deepEqual(toggled(['a', 'c'], 'b'), ['a', 'b', 'c']);
  assert.deepEqual(toggled(['a', 'b', 'c'], 'b'), ['a', 'c']);
});

test('listed: says so where there is none', () => assert.deepEqual([listed(['a', 'b'], '–'), listed([], '–')], ['a, b', '–']));
