// What was observed against what the contract says.

/**
 * Every difference, each as one line that names the place. The contract says a part of what there is: what it does not
 * name may be anything. A pattern stands for a text that fits it, undefined for something that must not be there.
 * @param {unknown} expected
 * @param {unknown} observed
 * @param {string} [place]
 * @returns {string[]}
 */
export function differences(expected, observed, place = '') {
  if (expected instanceof RegExp) {
    return typeof observed === 'string' && expected.test(observed) ? [] : [said(place, String(expected), observed)];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(observed)) return [said(place, expected, observed)];
    if (observed.length !== expected.length) {
      return [`${place || 'the whole'}: ${expected.length} entries, observed ${observed.length}: ${show(observed)}`];
    }
    return expected.flatMap((entry, index) => differences(entry, observed[index], `${place}[${index}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof observed !== 'object' || observed === null) return [said(place, expected, observed)];
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, observed[key], place === '' ? key : `${place}.${key}`),
    );
  }
  return Object.is(expected, observed) ? [] : [said(place, expected, observed)];
}

const said = (place, expected, observed) =>
  `${place || 'the whole'}: ${typeof expected === 'string' ? expected : show(expected)}, observed ${show(observed)}`;

const show = (value) => JSON.stringify(value) ?? 'nothing';
