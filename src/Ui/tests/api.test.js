import { serve, until } from './browser.js';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answerKeyQuestion, askAgain, download, get, onKeyQuestion, post, Problem, remove } from '../app/api.js';

const questions = [];
onKeyQuestion((question) => questions.push(question));

const isProtectedBy = (key) => serve((path, { headers }) => (headers['x-functions-key'] === key ? Response.json({ path }) : new Response('', { status: 401 })));

beforeEach(() => {
  sessionStorage.clear();
  questions.length = 0;
  askAgain();
});

test('get: what the API answers', async () => {
  serve((path, { method }) => Response.json({ path, method }));

  assert.deepEqual(await get('runs?limit=2'), { path: '/api/runs?limit=2', method: 'GET' });
});

test('post: sends JSON', async () => {
  serve((_, { method, headers, body }) => Response.json({ method, type: headers['content-type'], body }));

  assert.deepEqual(await post('runs', { model: '模型' }), { method: 'POST', type: 'application/json', body: '{"model":"模型"}' });
});

test('remove: null where there is nothing to answer', async () => {
  serve(() => new Response(null, { status: 204 }));

  assert.equal(await remove('runs/3f9a'), null);
});

test('download: the bytes, fetched with the key that was asked for', async () => {
  serve((path, { headers }) => (headers['x-functions-key'] === 'secret' ? new Response(new Uint8Array([80, 75, path.length])) : new Response('', { status: 401 })));

  const call = download('models/m/versions/1/zip');
  await until(() => questions.length > 0);
  answerKeyQuestion('secret');

  assert.deepEqual([...new Uint8Array(await (await call).arrayBuffer())], [80, 75, '/api/models/m/versions/1/zip'.length]);
});

test('download: one that is cut is a problem', async () => {
  const cut = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([80, 75]));
      controller.error(new TypeError('network error'));
    },
  });
  serve(() => new Response(cut));

  await assert.rejects(download('models/m/versions/1/zip'), { status: 0, code: 'cut', title: 'The download was cut' });
});

test('get: a problem says what the API says', async () => {
  const said = { code: 'invalid-value', title: 'No', detail: 'epochs is 0', path: '$.epochs', line: 2, column: 9, findings: [], takes: ['1 version'], traceId: 'abc' };
  serve(() => Response.json(said, { status: 422, headers: { 'content-type': 'application/problem+json' } }));

  await assert.rejects(get('runs'), (problem) => {
    assert.ok(problem instanceof Problem);
    assert.equal(problem.message, 'epochs is 0');
    assert.deepEqual({ ...problem }, { status: 422, ...said });
    return true;
  });
});

for (const [what, body, type] of [['page', '<h1>Bad Gateway</h1>', 'text/html'], ['half of a problem', '{"title":', 'application/problem+json']]) {
  test(`get: an error with a ${what} says its status`, async () => {
    serve(() => new Response(body, { status: 502, headers: { 'content-type': type } }));

    await assert.rejects(get('runs'), { status: 502, title: 'The function app answered with status 502' });
  });
}

test('get: no answer is a problem of its own', async () => {
  serve(() => Promise.reject(new TypeError('fetch failed')));

  await assert.rejects(get('runs'), { status: 0, code: 'no-answer', title: 'The function app does not answer' });
});

test('get: giving up is no problem', async () => {
  const controller = new AbortController();
  serve(() => {
    controller.abort();
    return new Promise(() => {});
  });

  await assert.rejects(get('runs', controller.signal), { name: 'AbortError' });
});

test('get: asks for the key once, for all calls', async () => {
  isProtectedBy('secret');

  const calls = [get('runs'), get('models')];
  await until(() => questions.length > 0);
  answerKeyQuestion('secret');

  assert.deepEqual(await Promise.all(calls), [{ path: '/api/runs' }, { path: '/api/models' }]);
  assert.deepEqual(questions, [{ isRefused: false }, null]);
  assert.equal(sessionStorage.getItem('droptune-key'), 'secret');
});

test('get: asks again when the key is refused', async () => {
  isProtectedBy('secret');

  const call = get('runs');
  await until(() => questions.length > 0);
  answerKeyQuestion('wrong');
  await until(() => questions.length > 2);
  answerKeyQuestion('secret');

  assert.deepEqual(await call, { path: '/api/runs' });
  assert.deepEqual(questions, [{ isRefused: false }, null, { isRefused: true }, null]);
});

test('get: does not ask again who gave no key, unless told to', async () => {
  isProtectedBy('secret');

  const first = assert.rejects(get('runs'), { status: 401, code: 'key-required' });
  await until(() => questions.length > 0);
  answerKeyQuestion(null);
  await first;
  await assert.rejects(get('runs'), { status: 401 });
  assert.deepEqual(questions, [{ isRefused: false }, null]);

  askAgain();
  const second = get('runs');
  await until(() => questions.length > 2);
  answerKeyQuestion('secret');

  assert.deepEqual(await second, { path: '/api/runs' });
});
