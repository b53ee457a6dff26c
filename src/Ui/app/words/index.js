// The words of the page, in the reader's language.
import en from './en.js';
import zh from './zh.js';

const words = { en, zh };
const languageName = 'droptune-language';

export const languages = [
  { code: 'en', tag: 'en', name: 'English' },
  { code: 'zh', tag: 'zh-CN', name: '中文' },
];

let current = choose();

function choose() {
  const kept = localStorage.getItem(languageName);
  const asked = kept ? [kept] : navigator.languages;
  return asked.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => code in words) ?? 'en';
}

export const language = () => languages.find(({ code }) => code === current);

export function setLanguage(code) {
  current = code;
  localStorage.setItem(languageName, code);
}

/** The words named `name`, with {values} filled in; a pair of forms [one, many] is chosen by `n`. */
export function t(name, values = {}) {
  const found = words[current][name] ?? en[name] ?? name;
  const text = Array.isArray(found) ? found[values.n === 1 ? 0 : 1] : found;
  return text.replace(/\{(\w+)\}/g, (_, key) => (typeof values[key] === 'number' ? values[key].toLocaleString(language().tag) : values[key] ?? ''));
}

/** The words for one of the API's own words, such as a state; the word itself where there are none. */
export const wordFor = (kind, word) => words[current][`${kind}.${word}`] ?? en[`${kind}.${word}`] ?? word;
