import { parseArgs } from 'node:util';
import type { RunnableLaneId } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { StreamSource } from './normalize.ts';

export const usage = `codex-lanes: what Lanes for Codex knows, without an editor

  codex-lanes runtime status [--provider codex] [--json]
      Checks both lanes and prints the status: one JSON document with --json, else in words.
  codex-lanes runtime explain [--lane api|codex-native] [--json]
      Checks both lanes and prints for each capability and lane whether it is available, or which gate shuts it, since
      when, and what opens it.
  codex-lanes runtime doctor [--json]
      Asks the Codex CLI to check itself. Codex makes network checks for this.
  codex-lanes thread rows <thread>
      Prints a thread of the data home as transcript rows, one JSON document a line.
  codex-lanes transcript normalize --from exec|app-server|responses [FILE|-] [--meta FILE]
      Prints what a lane makes of a kept stream (stdout of codex exec --json; the lines of codex app-server, raw or as
      {ms, dir, msg} with both sides; the body of a Responses answer) as normalized events, one JSON document a line, and
      checks what every log must keep; what breaks is said on stderr. The stream may hold several turns and threads, be cut
      or empty: an open turn is closed as the lane would close it. --meta names a JSON file with exitCode, signal and
      stderr of the last run of exec, and args, stopped and overdue where known. Ids and times come from the place in the
      input alone: the same stream gives the same events.

Exit code: 0 when the answer could be given (also when a lane is not ready), 1 when not, or when an event breaks a rule,
2 on bad usage.

Inputs: CODEX_LANES_BACKEND (auto, api, codex-native), CODEX_LANES_NATIVE_UNLOCK=1, CODEX_LANES_PLUGINS_UNLOCK=1,
CODEX_CLI_PATH, CODEX_HOME, CODEX_API_KEY, OPENAI_API_KEY, CODEX_LANES_API_BASE_URL, CODEX_LANES_HOME. The editor's key
store can't be reached from here: keys come from the environment.
`;

/** Bad usage: what is wrong, for stderr; the exit code is 2. */
export class UsageError extends Error {}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'status'; readonly json: boolean }
  | { readonly kind: 'explain'; readonly json: boolean; readonly lane: RunnableLaneId | null }
  | { readonly kind: 'doctor'; readonly json: boolean }
  | { readonly kind: 'rows'; readonly thread: string }
  /** `file` and `meta` are paths; null = stdin, and no such file. */
  | {
      readonly kind: 'normalize';
      readonly from: StreamSource;
      readonly file: string | null;
      readonly meta: string | null;
    };

/** What a command takes beside its own words. */
type Takes = { readonly options: readonly string[]; readonly operand: string | null; readonly optional?: boolean };

const commands = {
  'runtime status': { options: ['json', 'provider'], operand: null },
  'runtime explain': { options: ['json', 'lane'], operand: null },
  'runtime doctor': { options: ['json'], operand: null },
  'thread rows': { options: [], operand: 'thread' },
  'transcript normalize': { options: ['from', 'meta'], operand: 'file', optional: true },
} as const satisfies Record<string, Takes>;

/** Reads the command line. Throws UsageError. */
export function readCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [room, verb, ...operands] = positionals;
  if (room === undefined) throw new UsageError('a command is missing');
  const name = `${room} ${verb ?? ''}`.trim();
  if (!isCommand(name)) throw new UsageError(`unknown command: ${name}`);
  checkOptions(name, Object.keys(values));
  const json = values.json === true;
  const operand = operandOf(name, operands);
  switch (name) {
    case 'runtime status':
      if (values.provider !== undefined && values.provider !== 'codex') {
        throw new UsageError(`unknown provider "${values.provider}"; there is one: codex`);
      }
      return { kind: 'status', json };
    case 'runtime explain':
      return { kind: 'explain', json, lane: laneOf(values.lane) };
    case 'runtime doctor':
      return { kind: 'doctor', json };
    case 'thread rows':
      return { kind: 'rows', thread: operand };
    case 'transcript normalize': {
      const from = sourceOf(values.from);
      const { meta = null } = values;
      if (meta !== null && from !== 'exec') throw new UsageError('--meta is about a run of exec');
      return { kind: 'normalize', from, file: operand === '' || operand === '-' ? null : operand, meta };
    }
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        lane: { type: 'string' },
        from: { type: 'string' },
        meta: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

function checkOptions(name: keyof typeof commands, given: readonly string[]): void {
  const known: readonly string[] = commands[name].options;
  const stranger = given.find((option) => !known.includes(option));
  if (stranger !== undefined) throw new UsageError(`${name} takes no --${stranger}`);
}

/** The one word behind a command that takes one; the empty text for those that take none, or were given none. */
function operandOf(name: keyof typeof commands, operands: readonly string[]): string {
  const { operand, optional = false }: Takes = commands[name];
  const [first, ...more] = operands;
  if (operand === null) {
    if (first !== undefined) throw new UsageError(`${name} takes no ${first}`);
    return '';
  }
  if (more.length > 0 || (first === undefined && !optional)) throw new UsageError(`${name} takes one ${operand}`);
  return first ?? '';
}

function laneOf(value: string | undefined): RunnableLaneId | null {
  if (value === undefined || value === 'api' || value === 'codex-native') return value ?? null;
  throw new UsageError(`unknown lane "${value}"; there are two: api, codex-native`);
}

function sourceOf(value: string | undefined): StreamSource {
  switch (value) {
    case 'exec':
    case 'app-server':
    case 'responses':
      return value;
    case undefined:
      throw new UsageError('transcript normalize needs --from exec, --from app-server or --from responses');
    default:
      throw new UsageError(`unknown source "${value}"; there are three: exec, app-server, responses`);
  }
}
