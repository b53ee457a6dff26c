// What the page's modules use of a browser, so that they can be tested without one; import it before them. `node --test` runs
// each file of tests in a process of its own.
import { readFileSync } from 'node:fs';
import { h, render } from 'preact';

const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

class Storage extends Map {
  getItem(name) { return this.get(name) ?? null; }
  setItem(name, value) { this.set(name, value); }
}

const events = new EventTarget();
define('addEventListener', events.addEventListener.bind(events));
define('removeEventListener', events.removeEventListener.bind(events));
define('dispatchEvent', events.dispatchEvent.bind(events));
define('document', Object.assign(new EventTarget(), { hidden: false }));
define('localStorage', new Storage());
define('sessionStorage', new Storage());
define('navigator', { languages: ['en'] });
define('location', { hash: '', replace(hash) { this.hash = hash; dispatchEvent(new Event('hashchange')); } });

/** Cases that the C# tests read as well. */
export const shared = (name) => JSON.parse(readFileSync(new URL(`../../../tests/data/shared/${name}`, import.meta.url), 'utf8'));

/** Lets `answer` play the API: called with the address and fetch's options, it gives a Response. */
export function serve(answer) {
  define('fetch', async (path, options = {}) => {
    options.signal?.throwIfAborted();
    const aborted = new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(options.signal.reason)));
    return Promise.race([answer(path, options), aborted]);
  });
}

/** A component that only calls a hook: `values` are what it returned, render by render. */
export function mount(hook) {
  const root = { nodeType: 1, childNodes: [], firstChild: null };
  const values = [];
  const Component = ({ args }) => {
    values.push(hook(...args));
    return null;
  };
  return { values, last: () => values.at(-1), show: (...args) => render(h(Component, { args }), root), end: () => render(null, root) };
}

const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = globalThis;

/** Waits until `condition` holds; it is left to the assertions behind it to say what does not. */
export async function until(condition) {
  for (let i = 0; i < 400 && !condition(); i += 1) {
    await new Promise((done) => setRealTimeout(done, 5));
  }
}

/** Timers of a second or more that are set from now on: { seconds, run }. Time does not pass for them. */
export function holdTimers() {
  const held = [];
  define('setTimeout', (run, ms) => {
    if (!(ms >= 1000)) {
      return setRealTimeout(run, ms);
    }

    const timer = { seconds: ms / 1000, run: () => { held.splice(held.indexOf(timer), 1); run(); } };
    held.push(timer);
    return timer;
  });
  define('clearTimeout', (timer) => (held.includes(timer) ? held.splice(held.indexOf(timer), 1) : clearRealTimeout(timer)));
  return held;
}
