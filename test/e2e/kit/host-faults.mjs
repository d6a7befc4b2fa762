// Faults of the browser VS Code itself, which on a busy machine sometimes does not bring up its extension host or answers a
// webview's script with 404. They are told to the runner, which gives a test file that met one, and only such a file, a
// second run.
import { appendFileSync } from 'node:fs';

/** Names the file that faults are written to, for the test file's process. */
export const FAULTS_VARIABLE = 'CODEX_LANES_E2E_FAULTS';

/** @param {string} what one sentence about VS Code, without its subject */
export function noteFault(what) {
  console.log(`VS Code fault: ${what}`);
  const file = process.env[FAULTS_VARIABLE];
  if (file) appendFileSync(file, `${what}\n`);
}
