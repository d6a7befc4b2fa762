/** Escape sequences of a terminal: colours, cursor moves, titles and links. */
const sequences = new RegExp(
  ['\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)', '[\\u001b\\u009b][[()#;?]*[0-9;:?]*[ -/]*[@-~]'].join('|'),
  'g',
);

/** A program's output as lines to read: no escape sequences, and of an overwritten line what stood there last. */
export function readableOutput(text: string): string {
  return text
    .replace(sequences, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    .replace(/(?![\n\t])\p{Cc}/gu, '');
}
