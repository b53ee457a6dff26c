import './browser.js';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ago, axisTime, dateTime, duration, number, percent, points, score, secondsOf } from '../app/format.js';
import { setLanguage } from '../app/words/index.js';

afterEach(() => setLanguage('en'));

const before = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

test('number: digits behind the point as asked for', () => {
  assert.equal(number(12345.678), '12,346');
  assert.equal(number(0.5, 2), '0.50');
});

test('score: a part of one in percent without the sign', () => {
  assert.equal(score(0.91234), '91.2');
  assert.equal(score(1, 0), '100');
  assert.equal(score(0), '0.0');
});

test('score: a dash where there is none', () => {
  assert.equal(score(undefined), '–');
  assert.equal(score(null), '–');
});

test('percent: with the sign', () => assert.equal(percent(0.1234, 1), '12.3%'));

test('points: a sign unless it is zero', () => {
  assert.equal(points(0.012), '+1.2');
  assert.equal(points(-0.012), '-1.2');
  assert.equal(points(0.0001), '0.0');
});

test('ago: in the largest unit that fits', () => {
  assert.equal(ago(before(5)), '5 seconds ago');
  assert.equal(ago(before(200)), '3 minutes ago');
  assert.equal(ago(before(2 * 3600 + 60)), '2 hours ago');
});

test('ago: the date after a day', () => {
  const time = before(86_401);

  assert.equal(ago(time), dateTime(time));
});

test('dateTime: the year only where it is another one', () => {
  const now = new Date();

  assert.doesNotMatch(dateTime(now), new RegExp(now.getFullYear()));
  assert.match(dateTime(new Date(2001, 1, 3, 4, 5)), /Feb 3, 2001.*04:05/);
});

test('axisTime: hours within a day, days at midnight and for wide steps', () => {
  const at = (hour) => new Date(2026, 1, 3, hour) / 1000;

  assert.match(axisTime(at(4), 3600), /04:00/);
  assert.equal(axisTime(at(0), 3600), 'Feb 3');
  assert.equal(axisTime(at(4), 86_400), 'Feb 3');
});

test('duration: two units at most', () => {
  assert.equal(duration(12.4), '12 s');
  assert.equal(duration(200), '3 min 20 s');
  assert.equal(duration(3900), '1 h 5 min');
  assert.equal(duration(-1), '0 s');
});

test('secondsOf: a time span as .NET writes it', () => {
  assert.equal(secondsOf('00:03:20'), 200);
  assert.equal(secondsOf('1.02:03:04.5000000'), 93_784.5);
  assert.equal(secondsOf('soon'), 0);
});

test('all of them: in the language that is chosen', () => {
  setLanguage('zh');

  assert.equal(ago(before(200)), '3分钟前');
  assert.equal(duration(200), '3 分 20 秒');
});
