import { pageLanguage, t } from '../strings.ts';

/** A duration in words: `0.4 s`, `12 s`, `2 min 5 s`; what is too short to be told is less than the least that is. */
export function duration(ms: number): string {
  if (ms <= 0) return t('seconds', 0);
  if (ms < 50) return t('seconds', `< ${figure(0.1, 1, 1)}`);
  if (ms < 9950) return t('seconds', figure(Math.max(ms, 0) / 1000, 1, 1));
  return wholeSeconds(ms);
}

/** A duration without fractions, at least one second. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return t('seconds', seconds);
  return t('minutes', Math.floor(seconds / 60), seconds % 60);
}

/** A time that runs: `7 s`, `12:40`, `1:02:03`. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t('seconds', seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `980`, `12.3k`, `1.2M`. */
export function count(value: number): string {
  if (value < 1000) return figure(value, 0, 1);
  if (value < 999_950) return t('thousands', figure(value / 1000, 0, 1));
  return t('millions', figure(value / 1_000_000, 0, 1));
}

// Making one takes longer than a row does.
let formats: { readonly language: string; readonly byLeast: { 0?: Intl.NumberFormat; 1?: Intl.NumberFormat } } = {
  language: '',
  byLeast: {},
};

/** A number as the page's language writes it, with so many decimals at least and at most. */
function figure(value: number, least: 0 | 1, most: 1): string {
  if (formats.language !== pageLanguage()) formats = { language: pageLanguage(), byLeast: {} };
  formats.byLeast[least] ??= new Intl.NumberFormat(formats.language, {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  return formats.byLeast[least].format(value);
}

/** Milliseconds between two ISO times; null while the second is not known. */
export function between(startedAt: string, endedAt: string | null): number | null {
  if (endedAt === null) return null;
  const ms = Date.parse(endedAt) - Date.parse(startedAt);
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
