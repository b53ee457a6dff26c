// Numbers, times and sizes as the reader writes them.
import { language, t } from './words/index.js';

export const number = (value, digits = 0) => value.toLocaleString(language().tag, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** 0.9123 as "91.2"; scores are shown in percent without the sign. */
export const score = (value, digits = 1) => (value === undefined || value === null ? '–' : number(value * 100, digits));

export const percent = (value, digits = 0) => value.toLocaleString(language().tag, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A difference of scores in points, with its sign: "+1.2". */
export const points = (value, digits = 1) => (value * 100).toLocaleString(language().tag, { signDisplay: 'exceptZero', minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "3 minutes ago" within a day, else the date. */
export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, size] = [['second', 1], ['minute', 60], ['hour', 3600]].findLast(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  return Math.abs(seconds) < 86_400
    ? new Intl.RelativeTimeFormat(language().tag, { numeric: 'auto' }).format(Math.round(seconds / size), unit)
    : dateTime(time);
}

/** Day and time; the year only where it is another one. */
export function dateTime(time) {
  const date = new Date(time);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return date.toLocaleString(language().tag, { year, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** A mark on a time axis whose marks are `step` seconds apart: the hour, at midnight the day. */
export function axisTime(seconds, step) {
  const date = new Date(seconds * 1000);
  const isDay = step >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0);
  return date.toLocaleString(language().tag, isDay ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' });
}

/** Seconds as "1 h 5 min", "3 min 20 s", "12 s". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? t('time.hm', { h, m }) : m > 0 ? t('time.ms', { m, s }) : t('time.s', { s });
}

/** The seconds of a time span as the API writes it: "1.02:03:04.5". */
export function secondsOf(span) {
  const [, days = 0, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(span) ?? [];
  return hours === undefined ? 0 : ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
