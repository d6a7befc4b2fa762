import { maskTokens } from '../../base/index.ts';
import type { ChildExit } from '../../node/index.ts';
import { safeLine, withoutConfigValues } from '../safe-output.ts';

/** How an app-server ended. */
export type ServerEnd = Pick<ChildExit, 'exitCode' | 'signal' | 'startError'> & {
  /** We closed it. */
  readonly asked: boolean;
  /** The end of its stderr, without secrets and colours. */
  readonly stderr: string;
  /** What happened, for the user. */
  readonly words: string;
};

export type EndOptions = {
  readonly asked: boolean;
  /** Values that may be shown nowhere. */
  readonly secrets: readonly string[];
};

/** Makes of an exit what may be shown and kept. */
export function endOf(exit: ChildExit, { asked, secrets }: EndOptions): ServerEnd {
  const { exitCode, signal, startError } = exit;
  const stderr = cleanText(exit.stderrTail, secrets);
  const last = stderr
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '' && !knownNoise.some((noise) => noise.test(line)));
  const said = last === undefined ? '' : ` Its last words: ${safeLine(withoutConfigValues(last), 200)}`;
  const words = ((): string => {
    if (startError !== null) return `Codex's app-server could not be started: ${safeLine(startError, 200)}`;
    if (asked) return "Codex's app-server was closed.";
    if (signal !== null) return `Codex's app-server was ended by ${signal}.${said}`;
    if (exitCode !== null) return `Codex's app-server ended by itself, with exit code ${exitCode}.${said}`;
    return "Codex's app-server does not react any more.";
  })();
  return { exitCode, signal, startError, asked, stderr, words };
}

/** What 0.169 says at every start, whatever comes of it. */
const knownNoise = [/^WARNING: proceeding, even though we could not create PATH aliases/, /could not find bubblewrap/];

/** An escape sequence of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const colours = /\u001b\[[\d;]*[A-Za-z]/g;

/** What a server wrote, as it may be shown: without secrets and colours. */
export function cleanText(text: string, secrets: readonly string[]): string {
  let plain = text.replace(colours, '');
  for (const secret of secrets) if (secret !== '') plain = plain.replaceAll(secret, '[redacted]');
  return maskTokens(plain);
}
