// Calls the HTTP API of this origin. An error answer becomes a Problem that says what to do.
import { t } from './words/index.js';

const keyName = 'droptune-key';

/** An error answer (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, { code, title, detail, path, line, column, findings, takes, traceId } = {}) {
    super(detail ?? title);
    Object.assign(this, { status, code, title, detail, path, line, column, findings, takes, traceId });
  }
}

export const get = (path, signal) => call('GET', path, undefined, signal);

export const post = (path, body) => call('POST', path, body);

export const remove = (path) => call('DELETE', path);

/** A file, whole: of one that is cut on its way nothing comes. */
export const download = (path) => call('GET', path, undefined, undefined, (response) => response.blob().catch(() => {
  throw new Problem(0, { code: 'cut', title: t('download.cut'), detail: t('download.cutAdvice') });
}));

async function call(method, path, body, signal, read = (response) => response.json()) {
  for (;;) {
    const key = sessionStorage.getItem(keyName);
    const response = await send(method, path, body, key, signal);
    if (response.ok) {
      return response.status === 204 ? null : await read(response);
    }

    if (response.status !== 401 || !(await haveOtherKey(key))) {
      throw await problemOf(response);
    }
  }
}

async function send(method, path, body, key, signal) {
  const headers = { accept: 'application/json' };
  if (key) {
    headers['x-functions-key'] = key;
  }

  if (body !== undefined) {
    headers['content-type'] = 'application/json';
  }

  try {
    return await fetch(`/api/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store' });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    throw new Problem(0, { code: 'no-answer', title: t('problem.noAnswer'), detail: t('problem.noAnswerAdvice') });
  }
}

async function problemOf(response) {
  const isProblem = response.headers.get('content-type')?.includes('json');
  const body = isProblem ? await response.json().catch(() => null) : null;
  if (response.status === 401) {
    return new Problem(401, { ...body, code: 'key-required', title: t('problem.key'), detail: t('problem.keyAdvice') });
  }

  return new Problem(response.status, body ?? { title: t('problem.status', { status: response.status }), detail: t('problem.statusAdvice') });
}

// The function key: asked for once, kept for this browser session only.

let question = null; // the open question: { promise, answer }
let isDeclined = false;
let show = () => {};

/** Tells who shows the question: called with { isRefused } to ask, with null when it is answered. */
export function onKeyQuestion(handler) {
  show = handler;
}

export function answerKeyQuestion(key) {
  isDeclined = !key;
  if (key) {
    sessionStorage.setItem(keyName, key);
  }

  show(null);
  question?.answer(Boolean(key));
  question = null;
}

/** Lets the next refused call ask again. */
export function askAgain() {
  isDeclined = false;
}

/** True once another key than the refused one is there; asks for it, one question for all calls. */
async function haveOtherKey(refused) {
  if (sessionStorage.getItem(keyName) !== refused) {
    return true;
  }

  if (isDeclined) {
    return false;
  }

  if (!question) {
    question = {};
    question.promise = new Promise((answer) => (question.answer = answer));
    show({ isRefused: refused !== null });
  }

  return question.promise;
}
