import { useEffect, useState } from 'preact/hooks';
import { t } from '../words/index.js';

/** The part of a list that is shown: [items of the page, the pager]. `key` starts at the first page again. */
export function usePage(items, size, key) {
  const [page, setPage] = useState(0);
  useEffect(() => setPage(0), [key]);
  const last = Math.max(0, Math.ceil(items.length / size) - 1);
  const shown = Math.min(page, last);
  return [items.slice(shown * size, (shown + 1) * size), <Pager page={shown} size={size} count={items.length} onPage={setPage} />];
}

/**
 * The pages of a list that the API gives page by page: [the query of the page, what is shown of its answer, the pager]. One more
 * than shown is asked for, to know whether the list goes on; `keyOf` a row is what the next page begins after. `key` starts anew.
 */
export function useCursor(size, keyOf, key) {
  const [{ of, afters }, setAfters] = useState({ of: key, afters: [] });
  const path = of === key ? afters : [];
  const shown = (rows) => rows.slice(0, size);
  const pager = (rows) => {
    const onPage = (page) => setAfters({ of: key, afters: page > path.length ? [...path, keyOf(rows[size - 1])] : path.slice(0, page) });
    return <Pager page={path.length} size={size} count={path.length * size + shown(rows).length} more={rows.length > size} onPage={onPage} />;
  };
  return [[['limit', size + 1], ...(path.length > 0 ? [['after', path.at(-1)]] : [])], shown, pager];
}

/** Steps through a long list; nothing for a short one. `more` = the list goes on beyond `count`. */
export function Pager({ page, size, count, more = false, onPage }) {
  if (count <= size && page === 0 && !more) {
    return null;
  }

  const [from, to] = [page * size + 1, Math.min(count, (page + 1) * size)];
  return (
    <nav class="pager" aria-label={t('pager.label')}>
      <button type="button" disabled={page === 0} onClick={() => onPage(page - 1)}>{t('pager.back')}</button>
      <span aria-live="polite">{t(more ? 'pager.placeOpen' : 'pager.place', { from, to, count })}</span>
      <button type="button" disabled={to >= count && !more} onClick={() => onPage(page + 1)}>{t('pager.next')}</button>
    </nav>
  );
}
