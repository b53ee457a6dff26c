// Addresses within the page: #/runs/3f9a?state=Running.
import { useEffect, useState } from 'preact/hooks';

const read = () => {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { parts: partsOf(path), query: new URLSearchParams(query) };
};

function partsOf(path) {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return [path]; // a "%" without its digits: no place has such a name
  }
}

/** The address of a place in the page; empty query values are left out. */
export function href(parts, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given).toString();
  return `#/${[].concat(parts).map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

/** The present place: { parts, query }. */
export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const onChange = () => setRoute(read());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

/** Changes the query of the present place, without a step in the history. */
export function setQuery(changes) {
  const { parts, query } = read();
  location.replace(href(parts, { ...Object.fromEntries(query), ...changes }));
}
