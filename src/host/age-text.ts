const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago a time (ISO) was, in the words of a language; a clock that was set back reads as now. */
export function ageText(at: string, now: number, language: string): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  if (!Number.isFinite(seconds)) return '';
  const [unit, length] = steps.find(([, each]) => seconds >= each) ?? ['second', 0];
  return length === 0 ? format.format(0, 'second') : format.format(-Math.floor(seconds / length), unit);
}
