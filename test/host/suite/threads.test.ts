import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, extensions } from 'vscode';

const threadsFolder = join(process.env.CODEX_LANES_HOME ?? '', 'threads');
const patienceMs = 30_000;

type Event = {
  readonly kind: string;
  readonly text?: string;
  readonly from?: { readonly threadId: string };
  readonly receipt?: { readonly modelAsked: string | null; readonly effort: string | null };
};

/** What is stored of a thread: the file is the source of all that is shown. */
function eventsOf(threadId: string): readonly Event[] {
  const file = join(threadsFolder, threadId, 'events.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): Event => JSON.parse(line));
}

function threadIds(): readonly string[] {
  if (!existsSync(threadsFolder)) return [];
  return readdirSync(threadsFolder).filter((name) => existsSync(join(threadsFolder, name, 'events.jsonl')));
}

const kindsOf = (threadId: string) => eventsOf(threadId).map(({ kind }) => kind);
const countOf = (threadId: string, kind: string) => kindsOf(threadId).filter((each) => each === kind).length;
const promptsOf = (threadId: string) =>
  eventsOf(threadId).flatMap(({ kind, text }) => (kind === 'user_message' ? [text] : []));

/** Looks until it is so. Nobody tells the tests when a file has grown. */
async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`it did not come: ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Sends the prompt in the thread that is shown; answers that thread, once its turn has ended. */
async function send(prompt: string): Promise<string> {
  const threadId = await begin(prompt);
  await until(`the receipt of ${prompt}`, () => countOf(threadId, 'receipt') >= countOf(threadId, 'user_message'));
  return threadId;
}

async function begin(prompt: string): Promise<string> {
  await commands.executeCommand('codexLanes.sendPrompt', prompt);
  return until(prompt, () => threadIds().find((id) => promptsOf(id).includes(prompt)));
}

describe('threads', () => {
  before(async () => {
    await extensions.getExtension('codex-lanes.codex-lanes')?.activate();
    await commands.executeCommand('codexLanes.practice.toggle');
    await commands.executeCommand('codexLanes.useApiLane');
    await commands.executeCommand('codexLanes.newThread');
  });
  after(async () => {
    await commands.executeCommand('codexLanes.practice.toggle');
    await commands.executeCommand('codexLanes.useAuto');
  });

  let first = '';

  it('take options, which hold from the next turn on', async () => {
    first = await send('say: with what is configured');
    await commands.executeCommand('codexLanes.threadOptions', { model: 'gpt-of-this-thread', effort: 'low' });
    await send('say: with what I chose');
    const receipts = eventsOf(first).flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    assert.deepEqual(
      receipts.map(({ modelAsked, effort }) => [modelAsked, effort]),
      [
        ['gpt-5.5', null],
        ['gpt-of-this-thread', 'low'],
      ],
    );
  });

  it('refuse what is no option', async () => {
    const before = kindsOf(first);
    // An error message comes up, and waits for nobody.
    await commands.executeCommand('codexLanes.threadOptions', { profile: '../elsewhere' });
    assert.deepEqual(kindsOf(first), before);
  });

  it('are forked, and the fork is what is shown then', async () => {
    const before = threadIds();
    const prompts = promptsOf(first);
    await commands.executeCommand('codexLanes.forkThread');
    const fork = await until('the fork', () => threadIds().find((id) => !before.includes(id)));
    assert.deepEqual(promptsOf(fork), prompts);
    assert.equal(eventsOf(fork).find(({ kind }) => kind === 'thread_forked')?.from?.threadId, first);
    assert.equal(await send('say: only in the fork'), fork);
    assert.deepEqual(promptsOf(first), prompts);
  });

  it('are opened again', async () => {
    await commands.executeCommand('codexLanes.openThread', first);
    assert.equal(await send('say: back in the first'), first);
  });

  it('run while another one is shown', async () => {
    await commands.executeCommand('codexLanes.newThread');
    const waiting = await begin('fail: hang');
    await until('its turn', () => countOf(waiting, 'turn_started') === 1);
    await commands.executeCommand('codexLanes.openThread', first);
    assert.equal(await send('say: meanwhile'), first);
    assert.equal(countOf(waiting, 'receipt'), 0);
    await commands.executeCommand('codexLanes.openThread', waiting);
    await commands.executeCommand('codexLanes.stopTurn');
    await until('its end', () => countOf(waiting, 'turn_interrupted') === 1);
    await commands.executeCommand('codexLanes.openThread', first);
  });

  it('that were never written are not opened', async () => {
    await commands.executeCommand('codexLanes.openThread', 'no-such-thread');
    assert.equal(await send('say: still in the first'), first);
  });

  it('without a worktree, or with nothing to go on with, say so and change nothing', async () => {
    const before = kindsOf(first);
    for (const command of ['codexLanes.worktree.diff', 'codexLanes.worktree.merge', 'codexLanes.continueTurn']) {
      await commands.executeCommand(command);
    }
    assert.deepEqual(kindsOf(first), before);
  });
});
