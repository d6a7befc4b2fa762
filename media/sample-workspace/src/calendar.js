import { daysInMonth, monthName } from './dates.js';

/** The line above a month, for example "March 2026". */
export function heading(year, month) {
  return `${monthName(month)} ${year}`;
}

/** A month as lines of seven days each, without weekdays. */
export function monthLines(year, month) {
  const days = Array.from({ length: daysInMonth(year, month) }, (_, index) => String(index + 1).padStart(2));
  const lines = [heading(year, month)];
  for (let start = 0; start < days.length; start += 7) lines.push(days.slice(start, start + 7).join(' '));
  return lines;
}
