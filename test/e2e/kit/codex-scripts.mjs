// Programs that stand where Codex is looked for: the real one behind a script that notes each start, and bad ones.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { projectCodex } from '../../tools/platform.mjs';

/**
 * The real Codex behind a script: what asked for it is noted, and it can claim another version.
 * @param {string} path of the script
 * @param {{ version?: string }} [options] what `--version` prints instead, like `codex-cli 0.168.0`
 * @returns {{ path: string, starts: () => string[] }} the arguments of each start so far
 */
export function spyCodex(path, { version } = {}) {
  const notes = `${path}.starts`;
  const claim = version === undefined ? '' : `[ "$1" = --version ] && { echo '${version}'; exit 0; }\n`;
  writeScript(path, `echo "$*" >> '${notes}'\n${claim}exec '${projectCodex()}' "$@"`);
  return {
    path,
    starts: () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []),
  };
}

/** What a silent program does: recognised by its odd number. */
export const silence = 'sleep 3571';

/** What may stand where Codex should be, and how it gets there. */
export const badCodex = {
  folder: (path) => mkdirSync(path, { recursive: true }),
  notExecutable: (path) => writeFileSync(path, 'not a program'),
  garbage: (path) => writeScript(path, "head -c 300 /dev/urandom; printf '\\033[31mcodex?\\n'"),
  silent: (path) => writeScript(path, `exec ${silence}`),
  failing: (path) => writeScript(path, 'echo "no such library" >&2; exit 127'),
  /** It is Codex for whoever asks for its version or its help, and dies when it should run a turn. */
  dying: (path) =>
    writeScript(path, `case "$*" in *--json*) echo 'cannot start' >&2; exit 70;; esac\nexec '${projectCodex()}' "$@"`),
};

/** Writes a shell script that may be executed. */
export function writeScript(path, body) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
