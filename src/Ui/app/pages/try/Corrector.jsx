import { useRef, useState } from 'preact/hooks';
import { post } from '../../api.js';
import { announce } from '../../parts/notes/Announcer.jsx';
import { ProblemNote } from '../../parts/notes/Problem.jsx';
import { toggled } from '../../labels.js';
import { href } from '../../route.js';
import { correctableUnitsOf, overUnits } from '../../text/units.js';
import { t } from '../../words/index.js';
import { Words } from './Words.jsx';

/** Turns a prediction into the right answer: select words, choose their label; send it as feedback. */
export function Corrector({ model, text, prediction, entityLabels, textLabels, colour, onClose }) {
  const units = correctableUnitsOf(text, prediction.entities ?? []);
  const hasEntities = prediction.entities !== undefined;
  const [entities, setEntities] = useState(overUnits(prediction.entities ?? [], units));
  const [label, setLabel] = useState(prediction.label?.name);
  const [labels, setLabels] = useState(prediction.labels?.map(({ name }) => name));
  const [selection, setSelection] = useState(null); // { from, to }: indices of units, both included
  const [state, setState] = useState({});
  const words = useRef();

  const span = selection && { start: units[selection.from].start, end: units[selection.to].end };
  const outside = (range) => (entity) => entity.end <= range.start || entity.start >= range.end;
  const assign = (name) => {
    setEntities([...entities.filter(outside(span)), { ...span, label: name }].sort((a, b) => a.start - b.start));
    announce(t('correct.is', { text: text.slice(span.start, span.end), label: name }));
    words.current?.focus();
  };
  const clear = () => {
    setEntities(entities.filter(outside(span)));
    announce(t('correct.isNone', { text: text.slice(span.start, span.end) }));
    words.current?.focus();
  };
  const send = async () => {
    setState({ isBusy: true });
    try {
      const answer = await post(`models/${model}/feedback`, {
        text,
        ...(hasEntities && { entities: entities.map((entity) => ({ ...entity, text: text.slice(entity.start, entity.end) })) }),
        ...(label !== undefined && { label }),
        ...(labels !== undefined && { labels }),
        stringIndexType: 'utf16CodeUnit',
      });
      setState({ answer });
    } catch (problem) {
      setState({ problem });
    }
  };
  const onKey = (event) => {
    const choice = entityLabels[Number(event.key) - 1];
    if (selection && choice && !event.ctrlKey && !event.metaKey && !event.altKey) {
      assign(choice);
    } else if (selection && (event.key === 'Delete' || event.key === 'Backspace')) {
      event.preventDefault();
      clear();
    }
  };

  if (state.answer) {
    return (
      <div class="note good" role="status">
        <p><strong>{t('correct.thanks')}</strong></p>
        <p>{t(`correct.${state.answer.state}`)}{state.answer.dataset && state.answer.state !== 'kept' && <> <a href={href(['datasets', state.answer.dataset])}>{state.answer.dataset}</a></>}</p>
        <p class="actions"><button type="button" onClick={onClose}>{t('correct.back')}</button></p>
      </div>
    );
  }

  return (
    <section class="answer correcting" aria-label={t('try.correct')}>
      {label !== undefined && (
        <label class="field">{t('correct.label')} <select value={label} onChange={(event) => setLabel(event.target.value)}>{textLabels.map((name) => <option>{name}</option>)}</select></label>
      )}
      {labels !== undefined && (
        <fieldset class="choices">
          <legend>{t('correct.labels')}</legend>
          {textLabels.map((name) => <label><input type="checkbox" checked={labels.includes(name)} onChange={() => setLabels(toggled(labels, name))} /> {name}</label>)}
        </fieldset>
      )}
      {hasEntities && (
        <>
          <p class="muted" id="words-how">{t('correct.how')}</p>
          <Words handle={words} text={text} units={units} entities={entities} selection={selection} onSelect={setSelection} onKey={onKey} colour={colour} />
          <div class="palette" role="group" aria-label={t('correct.choose')}>
            {entityLabels.map((name, i) => (
              <button type="button" class={colour(name)} disabled={!selection} onClick={() => assign(name)}>{name}{i < 9 && <kbd aria-hidden="true">{i + 1}</kbd>}</button>
            ))}
            <button type="button" disabled={!selection || entities.every(outside(span))} onClick={clear}>{t('correct.none')}</button>
          </div>
        </>
      )}
      <ProblemNote problem={state.problem} />
      <p class="actions">
        <button type="button" class="primary" disabled={state.isBusy} onClick={send}>{t('correct.send')}</button>
        <button type="button" onClick={onClose}>{t('cancel')}</button>
      </p>
    </section>
  );
}
