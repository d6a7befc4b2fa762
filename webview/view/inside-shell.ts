/** A shell that Codex wraps around each command: `/bin/bash -lc '…'`. */
const wrapper = /^(?:\S*\/)?(?:ba|z|da|k)?sh -l?c (?:'([^']+)'|([^\s'"\\$`]+))$/;

/** What a shell was asked to run, for a line that has little room; the command itself where it is no plain wrapper. */
export function insideShell(command: string): string {
  const inside = wrapper.exec(command);
  return inside?.[1] ?? inside?.[2] ?? command;
}
