// Turns through the product's own core, as the editor composes it, and what the product says of them.
import { openApp, submit } from '../bench/app.mjs';
import { lanes } from './programs.mjs';

/**
 * Runs prompts on one native thread, one after the other.
 * @param {import('./room.mjs').Room} room
 * @param {readonly string[]} prompts
 * @param {{ settings?: Record<string, unknown>, env?: Record<string, string>, codex?: string, codexHome?: string, cwd?: string }} [options]
 * @returns {Promise<{ threadId: string, turns: readonly any[][] }>} the stored events of each turn
 */
export async function nativeTurns(room, prompts, { settings = {}, env = {}, codex, codexHome, cwd } = {}) {
  const own = { nativeSandbox: 'read-only', nativeEphemeral: true, nativeSkipGitCheck: false, ...settings };
  const program = codex ?? room.codex;
  const app = openApp({
    folder: { ...room, workspace: cwd ?? room.workspace, codexHome: codexHome ?? room.codexHome },
    lane: 'codex-native',
    url: room.url,
    codex: program,
    env: { HOME: room.home, PATH: '/usr/bin:/bin', ...env },
    settings: own,
  });
  try {
    const threadId = app.threads.create(cwd ?? room.workspace);
    room.learn(threadId, '<thread>');
    const turns = [];
    for (const prompt of prompts) {
      const what = Object.entries({ ...env, ...own }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      room.commands.push(
        room.normal(`# a turn of the product on ${program}: ${JSON.stringify(prompt)}, ${what.join(' ')}`),
      );
      turns.push(await oneTurn(app, threadId, prompt));
      const turnId = turns.at(-1)?.find((event) => event.turnId !== undefined)?.turnId;
      if (turnId !== undefined) room.learn(turnId, `<turn-${turns.length}>`);
    }
    return { threadId, turns };
  } finally {
    await app.close();
  }
}

/** The events of a turn, its receipt the last. */
async function oneTurn(app, threadId, prompt) {
  const seen = [];
  let forget = () => {};
  const ended = new Promise((resolve) => {
    forget = app.threads.onEvents((id, events) => {
      if (id !== threadId) return;
      seen.push(...events);
      if (events.some(({ kind }) => kind === 'receipt')) resolve(undefined);
    });
  });
  await submit(app, threadId, prompt);
  await ended.finally(forget);
  return seen;
}

/** The receipt of a turn's events. */
export function receiptOf(events) {
  return events.find(({ kind }) => kind === 'receipt').receipt;
}

/** The event that ended a turn. */
export function endOf(events) {
  return events.find(({ kind }) => ['turn_completed', 'turn_failed', 'turn_interrupted'].includes(kind));
}

/** The transcript rows of a thread, as the command line prints them. */
export async function rowsOf(room, threadId) {
  const { stdout, stderr, exitCode } = await lanes(room, ['thread', 'rows', threadId]);
  if (exitCode !== 0) throw new Error(`codex-lanes thread rows ended with ${exitCode}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
