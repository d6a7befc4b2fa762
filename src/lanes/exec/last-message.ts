import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaneEvent } from '../../model/index.ts';
import { itemId, messageOf } from '../../model/index.ts';
import { newId } from '../../node/index.ts';
import type { Log } from '../../ports/index.ts';
import type { ExecState, Step } from './normalize.ts';

/**
 * The file that `-o` names. Measured with 0.169: when an answer comes all at once, some runs of an ephemeral thread lose
 * the item with the message and complete all the same; this file had the whole of it each time.
 */
export type LastMessageFile = {
  readonly path: string;
  /** What Codex wrote; empty when there is nothing. Never rejects. */
  readonly read: () => Promise<string>;
  /** Never rejects. */
  readonly remove: () => Promise<void>;
};

const folderName = 'last-messages';

/** A file this old belongs to a run that was killed together with us, in milliseconds. */
const abandonedAfter = 24 * 60 * 60 * 1000;

/** Makes the file below `home`, for its owner alone. Null: it can't be made, and the run does without. Never rejects. */
export async function makeLastMessageFile(home: () => Promise<string>, log: Log): Promise<LastMessageFile | null> {
  try {
    const folder = join(await home(), folderName);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeAbandoned(folder);
    const path = join(folder, newId());
    // Made here, since Codex would make it readable for others.
    await (await open(path, 'wx', 0o600)).close();
    return {
      path,
      read: () => readFile(path, 'utf8').catch(() => ''),
      remove: () =>
        rm(path, { force: true }).catch((error) => log.warn(`a last message stays on disk: ${messageOf(error)}`)),
    };
  } catch (error) {
    log.warn(`Codex's last message is not kept apart: ${messageOf(error)}`);
    return null;
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedAfter) await rm(path, { force: true });
  }
}

/**
 * The last message of a turn that completed, as an item of its own (`last_message`) when no item brought it. What is shown
 * already is not shown again: since the last work, a message that holds `last` has it, and one that it goes on from is
 * replaced by it; before that, only an equal one has it.
 */
export function recoverMessage(state: ExecState, last: string): Step {
  const wanted = plain(last);
  const sinceWork = [...state.written, ...state.repeatable].filter(({ type }) => type === 'agent_message');
  const isShown =
    state.messages.some((text) => plain(text) === wanted) || sinceWork.some(({ text }) => plain(text).includes(wanted));
  if (wanted === '' || isShown) return { state, events: [] };
  const begun = sinceWork.findLast(({ text }) => wanted.startsWith(plain(text)));
  const event: LaneEvent = {
    kind: 'assistant_text',
    text: last,
    isDelta: false,
    itemId: itemId(`${state.turnId}:${begun?.id ?? 'last_message'}`),
    ...(state.thread === null ? {} : { nativeThreadId: state.thread }),
  };
  return { state: { ...state, messages: [...state.messages, last] }, events: [event] };
}

/** Differences in white space are no other message. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
