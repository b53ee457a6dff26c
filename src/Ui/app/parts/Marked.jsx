import { score } from '../format.js';

/** A text with its entities marked: colour and the label's name. Places are UTF-16 code units. */
export function Marked({ text, entities = [], colour }) {
  const parts = [];
  let end = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(end, entity.start));
    parts.push(
      <mark class={colour(entity.label)}>
        {text.slice(entity.start, entity.end)}
        <span class="mark-label">{entity.label}{entity.score !== undefined && <small> {score(entity.score, 0)}</small>}</span>
      </mark>,
    );
    end = entity.end;
  }

  parts.push(text.slice(end));
  return <span class="marked">{parts}</span>;
}
