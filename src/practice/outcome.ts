import { isFields, text } from './fields.ts';

/** What a tool said, read leniently: every client words it in its own way. */
export interface Outcome {
  /** The output itself, without the client's lines about it. */
  readonly text: string;
  readonly exitCode: number | null;
  /** The session to poll when the command has not ended yet. */
  readonly running: number | null;
  /** False when it failed, was refused or was stopped. Unknown counts as fine. */
  readonly ok: boolean;
}

const REFUSED =
  /\b(rejected|denied|declined|refused|aborted|not allow(?:ed)?|not permitted|interrupted|read-only|nothing was changed|only a part)\b/i;
const BROKEN = /\b(error|failed|failure|invalid|cannot|could not)\b/i;

export function readOutcome(raw: string): Outcome {
  const whole = unwrapJson(raw);
  const head = whole.text.slice(0, 400);
  const code = /(?:exited with code|exit(?:ed)?[ _-]?(?:code|status))\D{0,3}(-?\d+)/i.exec(head)?.[1];
  const session = /running with session ID (\d+)/i.exec(head)?.[1];
  const exitCode = whole.exitCode ?? (code === undefined ? null : Number(code));
  const body =
    /(?:^|\n)Output:\r?\n([\s\S]*)$/.exec(whole.text)?.[1] ??
    whole.text.replace(/^Exit code -?\d+\b[^\n]*(?:\n|$)/, '');
  return {
    text: body.replaceAll('\r\n', '\n'),
    exitCode,
    running: session === undefined ? null : Number(session),
    ok: exitCode === null ? !REFUSED.test(head) && !BROKEN.test(head) : exitCode === 0,
  };
}

function unwrapJson(raw: string): { readonly text: string; readonly exitCode: number | null } {
  if (!raw.trimStart().startsWith('{')) return { text: raw, exitCode: null };
  try {
    const parsed: unknown = JSON.parse(raw);
    if (!isFields(parsed)) return { text: raw, exitCode: null };
    const body = text(parsed.output) ?? text(parsed.content) ?? text(parsed.text) ?? text(parsed.stdout);
    const meta = isFields(parsed.metadata) ? parsed.metadata : parsed;
    const code = meta.exit_code ?? meta.exitCode;
    return { text: body ?? raw, exitCode: typeof code === 'number' ? code : null };
  } catch {
    return { text: raw, exitCode: null };
  }
}

/** Counts and names from the Node.js test runner's output, in its TAP or its spec form. */
export interface TestReport {
  readonly pass: number | null;
  readonly fail: number | null;
  /** Names of the failing tests, each once; of their files where the runner names no test. */
  readonly failing: readonly string[];
}

export function readTestReport(output: string): TestReport {
  const count = (what: string): number | null => {
    const found = new RegExp(`^\\W* ?${what} (\\d+)\\s*$`, 'm').exec(output)?.[1];
    return found === undefined ? null : Number(found);
  };
  const names = [...output.matchAll(/^\s*(?:not ok \d+ - |✖ )(.+?)(?: \([\d.]+ms\))?$/gm)].map(
    (found) => found[1] ?? '',
  );
  const listed = [...new Set(names)].filter((name) => name !== 'failing tests:');
  const single = listed.filter((name) => !/\.[cm]?js$/.test(name));
  // Inside Codex's sandbox the runner may know its files only, not the tests in them.
  const failing = single.length > 0 ? single : listed;
  return { pass: count('pass'), fail: count('fail'), failing };
}

/** Whether a run of tests was green: by its exit code, and by its own count where the client names no code. */
export function isGreen(run: Outcome): boolean {
  return run.exitCode === null ? readTestReport(run.text).fail === 0 : run.exitCode === 0;
}
