// Keeps what an address answers up to date while the page is looked at.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api.js';

const longestWait = 60; // seconds, after failures

/**
 * What GET `path` answers (null = nothing yet to ask), asked again every `seconds` while the page is visible; `seconds` may
 * depend on the answer. After a failure the last answer stays, beside the problem. `keep` shows the answer of the address
 * before until the new one is there, as lists that grow want it.
 */
export function useLive(path, seconds, { keep = false } = {}) {
  const [state, setState] = useState({});
  const reload = useRef(() => {});
  const interval = useRef(seconds);
  interval.current = seconds;

  useEffect(() => {
    if (!path) {
      return undefined;
    }

    let timer;
    let seen = null;
    let failures = 0;
    const controller = new AbortController();
    const wait = (data) => {
      const pause = failures > 0 ? Math.min(longestWait, 2 ** failures) : typeof interval.current === 'function' ? interval.current(data) : interval.current;
      clearTimeout(timer);
      if (pause && !document.hidden) {
        timer = setTimeout(load, pause * 1000);
      }
    };

    async function load() {
      clearTimeout(timer);
      try {
        const data = await get(path, controller.signal);
        failures = 0;
        const text = JSON.stringify(data);
        if (text !== seen) {
          seen = text;
          setState({ path, data });
        } else {
          setState((last) => (last.problem ? { path, data: last.data } : last));
        }

        wait(data);
      } catch (problem) {
        if (!controller.signal.aborted) {
          failures += 1;
          setState((last) => ({ ...(last.path === path || keep ? last : {}), path, problem }));
          wait();
        }
      }
    }

    const onVisibility = () => (document.hidden ? clearTimeout(timer) : load());
    document.addEventListener('visibilitychange', onVisibility);
    reload.current = load;
    load();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [path, keep]);

  const refresh = useCallback(() => reload.current(), []);
  const current = state.path === path || keep ? state : {};
  return { data: current.data, problem: current.problem, refresh };
}
