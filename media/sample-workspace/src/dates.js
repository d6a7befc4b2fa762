const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The English name of a month, counted as people do: 1 is January. */
export function monthName(month) {
  return MONTHS[month];
}

/** Whether a year of the Gregorian calendar has a 29 February. */
export function isLeapYear(year) {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** How many days a month has, 1 to 12. */
export function daysInMonth(year, month) {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** A date in words, for example "3 March 2026". */
export function formatDate({ year, month, day }) {
  return `${day} ${monthName(month)} ${year}`;
}
