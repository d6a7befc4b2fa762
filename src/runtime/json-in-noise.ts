/** The JSON object in a program's output, from the first brace to the last: a wrapper may print around it. Undefined = none. */
export function jsonIn(output: string): unknown {
  const from = output.indexOf('{');
  const to = output.lastIndexOf('}');
  if (from === -1 || to < from) return undefined;
  try {
    return JSON.parse(output.slice(from, to + 1));
  } catch {
    return undefined;
  }
}
