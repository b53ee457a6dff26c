import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../words/index.js';

/**
 * A text as words that can be selected: by mouse (click, drag, shift-click), by touch (tap one, tap another to reach it), by
 * keyboard (arrows, with shift to extend). For a screen reader it is a list of options. `handle` is given a focus().
 */
export function Words({ handle, text, units, entities, selection, onSelect, onKey, colour }) {
  const [cursor, setCursor] = useState(0);
  const anchor = useRef(null);
  const box = useRef();
  const isDragging = useRef(false);

  useEffect(() => {
    const stop = () => (isDragging.current = false);
    addEventListener('pointerup', stop);
    return () => removeEventListener('pointerup', stop);
  }, []);
  handle.current = { focus: () => box.current.querySelector(`[data-unit="${cursor}"]`)?.focus() };

  const select = (from, to) => {
    setCursor(to);
    onSelect({ from: Math.min(from, to), to: Math.max(from, to) });
  };
  const unitAt = (event) => {
    const unit = event.target.closest?.('[data-unit]');
    return unit ? Number(unit.dataset.unit) : null;
  };
  const entityAt = (index) => entities.find(({ start, end }) => units[index].start >= start && units[index].end <= end);

  const onPointerDown = (event) => {
    const index = unitAt(event);
    if (index === null) {
      return;
    }

    const extends_ = anchor.current !== null && selection && (event.shiftKey || event.pointerType === 'touch');
    if (extends_ && selection.from <= index && index <= selection.to) {
      anchor.current = null;
      onSelect(null);
      return;
    }

    if (!extends_) {
      anchor.current = index;
    }

    isDragging.current = event.pointerType !== 'touch';
    const whole = entityAt(index);
    if (!extends_ && whole) {
      const inside = units.map((_, i) => i).filter((i) => units[i].start >= whole.start && units[i].end <= whole.end);
      select(inside[0], inside.at(-1));
    } else {
      select(anchor.current, index);
    }
  };
  const onPointerOver = (event) => {
    const index = unitAt(event);
    if (isDragging.current && index !== null && index !== cursor) {
      select(anchor.current, index);
    }
  };
  const onKeyDown = (event) => {
    const steps = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, Home: 0, End: units.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      const to = Math.max(0, Math.min(units.length - 1, steps[event.key]));
      if (!event.shiftKey || anchor.current === null) {
        anchor.current = event.shiftKey ? cursor : to;
      }

      select(anchor.current, to);
      box.current.querySelector(`[data-unit="${to}"]`).focus();
    } else if (event.key === 'Escape') {
      anchor.current = null;
      onSelect(null);
    } else if (event.key === ' ') {
      event.preventDefault();
      anchor.current = cursor;
      select(cursor, cursor);
    } else {
      onKey(event);
    }
  };

  let end = 0;
  return (
    <div class="words" role="listbox" aria-multiselectable="true" aria-label={t('correct.words')} aria-describedby="words-how" ref={box} onPointerDown={onPointerDown} onPointerOver={onPointerOver} onKeyDown={onKeyDown}>
      {units.map((unit, i) => {
        const gap = text.slice(end, unit.start);
        end = unit.end;
        const entity = entityAt(i);
        const continues = entity && unit.start > entity.start;
        const isSelected = Boolean(selection && selection.from <= i && i <= selection.to);
        const word = text.slice(unit.start, unit.end);
        return (
          <>
            {gap && <span class={`gap ${continues ? colour(entity.label) : ''} ${isSelected && selection.from < i ? 'selected' : ''}`} aria-hidden="true">{gap}</span>}
            <span
              class={`unit ${entity ? colour(entity.label) : ''} ${continues ? '' : 'first'} ${!entity || unit.end === entity.end ? 'last' : ''} ${isSelected ? 'selected' : ''}`}
              role="option"
              aria-selected={isSelected}
              aria-label={entity ? `${word}, ${entity.label}` : word}
              tabindex={i === cursor ? 0 : -1}
              data-unit={i}
              onFocus={() => setCursor(i)}
            >
              {word}
              {entity && unit.end === entity.end && <span class="mark-label" aria-hidden="true">{entity.label}</span>}
            </span>
          </>
        );
      })}
    </div>
  );
}
