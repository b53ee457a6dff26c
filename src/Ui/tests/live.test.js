import { holdTimers, mount, serve, until } from './browser.js';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { useLive } from '../app/live.js';

let answer;
let asked;
let live;
const timers = holdTimers();
serve((path, options) => {
  asked.push(path);
  return answer(path, options);
});

const says = (body) => () => Response.json(body);
const fails = () => new Response('', { status: 500 });
const isSilent = () => new Promise(() => {});

beforeEach(() => {
  asked = [];
  live = mount(useLive);
});

afterEach(async () => {
  document.hidden = false;
  live.end();
  await until(() => timers.length === 0);
});

const show = async (...args) => {
  live.show(...args);
  await until(() => live.last().data || live.last().problem);
  await until(() => timers.length > 0);
};

/** Lets the time until the next question pass. */
const next = async () => {
  const count = asked.length;
  timers[0].run();
  await until(() => asked.length > count && timers.length > 0);
};

test('useLive: asks again and again, and shows what is new', async () => {
  answer = says({ n: 1 });
  await show('runs', 5);
  assert.deepEqual(live.last().data, { n: 1 });
  assert.deepEqual(timers.map(({ seconds }) => seconds), [5]);

  answer = says({ n: 2 });
  await next();
  await until(() => live.last().data.n === 2);

  assert.deepEqual(live.last().data, { n: 2 });
  assert.deepEqual(asked, ['/api/runs', '/api/runs']);
});

test('useLive: the same answer shows nothing anew', async () => {
  answer = says({ n: 1 });
  await show('runs', 5);
  const { data } = live.last();
  const renders = live.values.length;

  await next();

  assert.equal(live.values.length, renders);
  assert.equal(live.last().data, data);
});

test('useLive: the answer may say when to ask again', async () => {
  answer = says({ isBusy: true });

  await show('runs', (data) => (data.isBusy ? 2 : 15));

  assert.deepEqual(timers.map(({ seconds }) => seconds), [2]);
});

test('useLive: asks once where no time is given, and again when told to', async () => {
  answer = says({ n: 1 });
  live.show('runs', null);
  await until(() => live.last().data);
  assert.deepEqual(timers, []);

  answer = says({ n: 2 });
  await live.last().refresh();
  await until(() => live.last().data.n === 2);

  assert.deepEqual(live.last().data, { n: 2 });
});

test('useLive: asks nothing without a path', async () => {
  answer = says({ n: 1 });
  live.show(null, 5);
  await show('runs', 5);

  assert.deepEqual(asked, ['/api/runs']);
});

test('useLive: keeps the last answer beside a problem, and asks less and less often', async () => {
  answer = says({ n: 1 });
  await show('runs', 5);

  answer = fails;
  const waits = [];
  for (let i = 0; i < 7; i += 1) {
    await next();
    waits.push(timers[0].seconds);
  }

  assert.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60]);
  assert.equal(live.last().problem.status, 500);
  assert.deepEqual(live.last().data, { n: 1 });
});

test('useLive: the problem goes with the next answer, and the old pace returns', async () => {
  answer = says({ n: 1 });
  await show('runs', 5);
  answer = fails;
  await next();
  await until(() => live.last().problem);

  answer = says({ n: 1 });
  await next();
  await until(() => !live.last().problem);

  assert.equal(live.last().problem, undefined);
  assert.deepEqual(live.last().data, { n: 1 });
  assert.deepEqual(timers.map(({ seconds }) => seconds), [5]);
});

test('useLive: is quiet while nobody looks, and asks at once when somebody does', async () => {
  answer = says({ n: 1 });
  await show('runs', 5);

  document.hidden = true;
  document.dispatchEvent(new Event('visibilitychange'));
  assert.deepEqual(timers, []);

  document.hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  await until(() => timers.length > 0);

  assert.equal(asked.length, 2);
});

test('useLive: an answer that comes while nobody looks asks no more', async () => {
  answer = () => {
    document.hidden = true;
    return Response.json({ n: 1 });
  };
  live.show('runs', 5);
  await until(() => live.last().data);

  assert.deepEqual(live.last().data, { n: 1 });
  assert.deepEqual(timers, []);
});

test('useLive: another address hides the answer of the one before', async () => {
  answer = says({ n: 1 });
  await show('runs/1', 5);

  answer = isSilent;
  live.show('runs/2', 5);
  await until(() => asked.length > 1);

  assert.equal(live.last().data, undefined);
});

test('useLive: unless it is to be kept', async () => {
  answer = says({ n: 1 });
  await show('runs?limit=1', 5, { keep: true });

  answer = isSilent;
  live.show('runs?limit=2', 5, { keep: true });
  await until(() => asked.length > 1);

  assert.deepEqual(live.last().data, { n: 1 });
});

test('useLive: gives up its question and its timer when it is no longer shown', async () => {
  let signal;
  answer = says({ n: 1 });
  await show('runs', 5);
  answer = (_, options) => {
    ({ signal } = options);
    return isSilent();
  };
  live.last().refresh();
  await until(() => signal);

  live.end();
  await until(() => signal.aborted);

  assert.equal(signal.aborted, true);
  assert.deepEqual(timers, []);
});
