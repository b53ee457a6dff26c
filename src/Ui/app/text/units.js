// The units that entities are made of: what the gate holds a correction to (PreTokenizer, accents kept). White space separates,
// punctuation and CJK characters stand alone, control characters count as absent.
import { dropped, punctuation } from './unicode.js';

const cjk = '3400-4DBF 4E00-9FFF F900-FAFF 20000-2A6DF 2A700-2B81F 2B920-2CEAF 2F800-2FA1F'; // as in BERT's own code
const classOf = (ranges) => ranges.replace(/[\dA-F]+/g, '\\u{$&}').replaceAll(' ', '');

const absent = `${classOf(dropped)}\\ud800-\\udfff`; // the last: halves of a pair that stand alone
const alone = `${classOf(cjk)}${classOf(punctuation)}`;
const word = `[^\\s${absent}${alone}]+`;
const unit = new RegExp(`[${alone}]|${word}(?:[${absent}]+${word})*`, 'gu');

/** The units of a text: { start, end } in UTF-16 code units. */
export const unitsOf = (text) => [...text.matchAll(unit)].map(({ 0: { length }, index }) => ({ start: index, end: index + length }));

const unspaced = /\p{sc=Thai}|\p{sc=Lao}|\p{sc=Tibetan}|\p{sc=Myanmar}|\p{sc=Khmer}|\p{sc=Hiragana}|\p{sc=Katakana}/u;
const charactersOf = (text, { start, end }) =>
  [...text.slice(start, end).matchAll(/.\p{M}*/gsu)].map(({ 0: { length }, index }) => ({ start: start + index, end: start + index + length }));

/**
 * The units that a text is corrected by: its words; the characters of one that a predicted entity begins or ends in, or of a script
 * without spaces between words, where an entity may.
 */
export const correctableUnitsOf = (text, entities) => unitsOf(text).flatMap((unit) => {
  const characters = charactersOf(text, unit);
  const isCut = entities.some((entity) => [entity.start, entity.end].some((border) => characters.slice(1).some(({ start }) => start === border)));
  return isCut || unspaced.test(text.slice(unit.start, unit.end)) ? characters : [unit];
});

/**
 * Entities, in their order, over whole units: a model may see smaller ones and end an entity before an accent. A unit that two
 * entities share belongs to the first.
 */
export function overUnits(entities, units) {
  let from = 0;
  return entities.flatMap(({ start, end, label }) => {
    const own = units.filter((unit) => unit.start >= from && unit.start < end && unit.end > start);
    from = own.at(-1)?.end ?? from;
    return own.length > 0 ? [{ start: own[0].start, end: from, label }] : [];
  });
}
