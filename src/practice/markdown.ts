/** A code block whose fence is longer than any run of backticks in it. */
export function codeBlock(language: string, body: string): string {
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${body.replace(/\n+$/, '')}\n${fence}`;
}

/** The last lines of a text, with a mark when some were left out. */
export function tail(body: string, lines: number): string {
  const all = body.replace(/\n+$/, '').split('\n');
  return all.length <= lines ? all.join('\n') : ['…', ...all.slice(-lines)].join('\n');
}
