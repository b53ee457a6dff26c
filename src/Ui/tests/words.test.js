import './browser.js';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { shared } from './browser.js';
import en from '../app/words/en.js';
import zh from '../app/words/zh.js';
import { language, setLanguage, t, wordFor } from '../app/words/index.js';

const app = new URL('../app/', import.meta.url);
const code = readdirSync(app, { recursive: true }).filter((name) => /\.jsx?$/.test(name) && !name.startsWith('words')).map((name) => readFileSync(new URL(name.replaceAll('\\', '/'), app), 'utf8')).join('\n');
const matches = (pattern) => [...code.matchAll(pattern)].map(([, name]) => name);

afterEach(() => setLanguage('en'));

test('both languages have the same names', () => assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort()));

test('both languages fill in the same values', () => {
  const values = (text) => [...new Set([text].flat().join(' ').match(/\{\w+\}/g))].sort();

  for (const name of Object.keys(en)) {
    assert.deepEqual(values(zh[name]), values(en[name]), name);
  }
});

test('each name that the page uses has words', () => {
  const used = matches(/\bt\('([\w.]+)'/g);

  assert.ok(used.length > 100);
  assert.deepEqual(used.filter((name) => !(name in en)), []);
});

test('each of the words is used', () => {
  const kinds = [...matches(/\bwordFor\('(\w+)'/g), ...matches(/\bt\(`(\w+)\.\$\{/g)];

  assert.deepEqual(Object.keys(en).filter((name) => !code.includes(`'${name}'`) && !kinds.includes(name.split('.')[0])), []);
});

test('the words of the API have words in both languages', () => {
  for (const [kind, words] of Object.entries(shared('words.json'))) {
    assert.deepEqual(words.filter((word) => !(`${kind}.${word}` in en)), [], kind);
  }
});

test('t: fills in values, numbers as the language writes them', () => assert.equal(t('pager.place', { from: 1, to: 25, count: 1234 }), '1 to 25 of 1,234'));

test('t: takes the form for one only for one', () => {
  assert.equal(t('dataset.errors', { n: 1 }), '1 error');
  assert.equal(t('dataset.errors', { n: 0 }), '0 errors');
});

test('wordFor: the word itself where there are none', () => {
  assert.equal(wordFor('state', 'Running'), 'running');
  assert.equal(wordFor('state', 'Dreaming'), 'Dreaming');
});

test('setLanguage: is kept for the next visit', () => {
  setLanguage('zh');

  assert.equal(language().tag, 'zh-CN');
  assert.equal(localStorage.getItem('droptune-language'), 'zh');
  assert.equal(t('cancel'), '取消');
});
