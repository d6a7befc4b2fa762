/** What was typed after the prompt went off stays. */
export function withoutSent(draft: string, sent: string): string {
  return draft.startsWith(sent) ? draft.slice(sent.length).trimStart() : draft;
}

/** The two, the first line of `rest` on a line of its own. */
export function putBefore(text: string, rest: string): string {
  return rest === '' ? text : joined(text, rest);
}

/** Below what stands there already. */
export function joined(draft: string, text: string): string {
  if (draft.trim() === '') return text;
  return draft.endsWith('\n') ? draft + text : `${draft}\n${text}`;
}
