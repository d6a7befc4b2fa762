// Takes out of an observation what differs from run to run and from machine to machine.

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const time = /\b\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?Z?/g;
const day = /\b\d{4}\/\d\d\/\d\d\b/g;
const port = /\b127\.0\.0\.1:\d+/g;

/** Numbers that a clock or a tokenizer made. */
const measured = /(?:^|_)tokens$|^(?:input|cachedInput|output|reasoningOutput|cacheWrite)$/;

/**
 * @param {readonly (readonly [text: string, name: string])[]} names what stands for a text of this machine (`/home/x`
 *   becomes `<home>`); the longest text is replaced first
 * @returns replaces in every text of a value; ids are numbered by their first appearance in all that one normaliser was
 *   given. `learn` adds a name
 */
export function normaliser(names) {
  const known = new Map(names.filter(([text]) => text !== ''));
  const ids = new Map();
  const idOf = (id) => {
    if (!ids.has(id)) ids.set(id, `<id-${ids.size + 1}>`);
    return ids.get(id);
  };
  const inText = (text) => {
    const longestFirst = [...known].sort(([a], [b]) => b.length - a.length);
    return longestFirst
      .reduce((out, [machine, name]) => out.replaceAll(machine, name), text)
      .replace(time, '<time>')
      .replace(day, '<day>')
      .replace(uuid, idOf)
      .replace(port, '127.0.0.1:<port>');
  };
  const inValue = (value, key) => {
    if (typeof value === 'string') return inText(value);
    if (typeof value === 'number') return measured.test(key) && value > 0 ? '<count>' : value;
    if (Array.isArray(value)) return value.map((entry) => inValue(entry, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [inText(name), inValue(entry, name)]));
  };
  return {
    /** @param {any} value */
    normal: (value) => inValue(value, ''),
    /** @type {(text: string, name: string) => void} */
    learn: (text, name) => {
      known.set(text, name);
    },
  };
}
