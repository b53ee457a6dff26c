import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { shared } from '../browser.js';
import { dropped, punctuation } from '../../app/text/unicode.js';
import { correctableUnitsOf, overUnits, unitsOf } from '../../app/text/units.js';

const repository = (path) => readFileSync(new URL(`../../../../${path}`, import.meta.url));

for (const { why, text, units } of shared('units.json')) {
  test(`unitsOf: ${why}`, () => assert.deepEqual(unitsOf(text).map(({ start, end }) => text.slice(start, end)), units));
}

test('unitsOf: half of a surrogate pair counts as absent', () => {
  assert.deepEqual(unitsOf('\ud800 a\udc00b'), [{ start: 2, end: 5 }]);
});

test('overUnits: an entity that ends before an accent has the whole word', () => {
  const text = 'to Jose\u0301 now';

  assert.deepEqual(overUnits([{ start: 3, end: 7, label: 'name', score: 0.9 }], unitsOf(text)), [{ start: 3, end: 8, label: 'name' }]);
});

test('correctableUnitsOf: characters of a word that an entity cuts, and of scripts without spaces', () => {
  const cut = (text, ...entities) => correctableUnitsOf(text, entities).map(({ start, end }) => text.slice(start, end));

  assert.deepEqual(cut('send 5kg now', { start: 5, end: 6 }), ['send', '5', 'k', 'g', 'now']);
  assert.deepEqual(cut('서울에서 만났다', { start: 0, end: 2 }), ['서', '울', '에', '서', '만났다']);
  assert.deepEqual(cut('ไปที่ ok'), ['ไ', 'ป', 'ที่', 'ok']);
  assert.deepEqual(cut('to Jose\u0301 now', { start: 3, end: 7 }), ['to', 'Jose\u0301', 'now']);
});

test('overUnits: entities over whole words stay as they are', () => {
  const entities = [{ start: 0, end: 7, label: 'a' }, { start: 8, end: 11, label: 'b' }];

  assert.deepEqual(overUnits(entities, unitsOf('one two two')), entities);
});

test('overUnits: a word that two entities share belongs to the first', () => {
  const entities = [{ start: 0, end: 2, label: 'a' }, { start: 2, end: 7, label: 'b' }, { start: 6, end: 7, label: 'c' }];

  assert.deepEqual(overUnits(entities, unitsOf('one two')), [{ start: 0, end: 3, label: 'a' }, { start: 4, end: 7, label: 'b' }]);
});

test('unitsOf: the words of Hugging Face, for every reference text', () => {
  const lines = gunzipSync(repository('tests/data/reference/tokenizer/tokenizer-cases.cased.jsonl.gz')).toString().trim().split('\n');
  const cases = lines.map((line) => JSON.parse(line)).filter(({ text }) => !/\[(PAD|UNK|CLS|SEP|MASK)\]/.test(text)); // special pieces are no words

  for (const { text, word_ids: words, offsets_utf16: places } of cases) {
    const expected = [];
    words.forEach((word, i) => {
      if (word !== null) {
        expected[word] = { start: expected[word]?.start ?? places[i][0], end: places[i][1] };
      }
    });
    assert.deepEqual(unitsOf(text), expected, JSON.stringify(text));
  }

  assert.equal(cases.length, 732);
});

test('unicode.js: the ranges of unicode.tsv', () => {
  const entries = repository('src/Core/Text/Unicode/unicode.tsv').toString().split('\n').map((line) => line.split('\t'));
  const rangesOf = (kind) => entries.filter(([name]) => name === kind).map(([, range]) => range).join(' ');

  assert.equal(dropped, rangesOf('drop'));
  assert.equal(punctuation, rangesOf('punctuation'));
});
