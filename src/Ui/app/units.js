// The units that a model labels: what BERT's pre-tokenizer yields (white space, punctuation, single CJK characters).
const cjk = '\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2ceaf}\\u{2f800}-\\u{2fa1f}';
const punctuation = '!-\\/:-@\\[-`\\{-~\\p{P}';
const unit = new RegExp(`[${cjk}]|[${punctuation}]|[^\\s${cjk}${punctuation}]+`, 'gu');

/** The units of a text: { start, end } in UTF-16 code units. */
export const unitsOf = (text) => [...text.matchAll(unit)].map(({ 0: { length }, index }) => ({ start: index, end: index + length }));
