import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ComposerState } from '../../src/protocol/index.ts';
import {
  cutOffTurn,
  datesTurn,
  EventLog,
  everyRow,
  failedTurn,
  forkInWorktree,
  idleComposer,
  keptByCodex,
  payerQuestion,
  refusedTurns,
  sampleImages,
  servedTurns,
  silentFor,
  textOnlyComposer,
  trustQuestion,
} from '../../webview/testing/event-log.ts';
import type { ChatPage, ChatPages } from './chat-page.ts';
import { startChatPages } from './chat-page.ts';
import type { ThemeName } from './themes.ts';

// Pictures to look at; what can be asserted about the looks stands beside them.

const folder = join(import.meta.dirname, '../../out/shots/webview');
let pages: ChatPages;
beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  pages = await startChatPages();
});
afterAll(() => pages.close());

const stories = {
  dates: (log: EventLog) => {
    datesTurn(log);
    log.begin('Now publish it.');
    log.add({ kind: 'command_execution', phase: 'started', command: 'npm publish', status: 'in_progress' }, 'c5');
  },
  every: everyRow,
  opened: (log: EventLog) => {
    datesTurn(log);
    log.begin('Look it up.');
    const call = { kind: 'mcp_call', server: 'docs', tool: 'search', arguments: { query: 'dates' } } as const;
    const result = { content: [{ type: 'text', text: 'two results' }] };
    log.add({ ...call, phase: 'completed', result, status: 'completed' }, 'm1');
  },
  failed: failedTurn,
  refused: refusedTurns,
  served: servedTurns,
  payer: datesTurn,
  trust: datesTurn,
  untrusted: datesTurn,
  stall: (log: EventLog) => {
    datesTurn(log);
    log.begin('Now publish it.');
  },
  command: (log: EventLog) => {
    datesTurn(log);
    log.begin('Now publish it.');
    const command = "/bin/bash -lc 'npm publish --access public --tag next --dry-run --workspaces'";
    log.add({ kind: 'command_execution', phase: 'started', command, status: 'in_progress' }, 'c5');
  },
  'cut-off': cutOffTurn,
  'cut-off-elsewhere': (log: EventLog) => cutOffTurn(log, 'user'),
  worktree: forkInWorktree,
  attached: datesTurn,
  text: () => {},
  empty: () => {},
};

type Story = keyof typeof stories;

const locked: ComposerState['blocked'] = {
  text: 'Codex native - Ready but locked',
  actions: [
    { id: 'unlockNative', label: 'Unlock Codex Native Lane' },
    { id: 'useApi', label: 'Use OpenAI API Lane' },
  ],
  why: true,
};
const untrusted: ComposerState['blocked'] = {
  text: 'This workspace is not trusted: a prompt is refused and nothing runs. Earlier threads stay readable.',
  actions: [{ id: 'manageTrust', label: 'Manage Workspace Trust' }],
  why: true,
};

/** Made when the picture is taken: what they say of times is true then. */
const composersNow = (): Readonly<Partial<Record<Story, ComposerState>>> => ({
  stall: { ...idleComposer, running: true, progress: silentFor(42_300) },
  command: {
    ...idleComposer,
    running: true,
    progress: {
      ...silentFor(72_000, {
        on: 'command',
        what: "/bin/bash -lc 'npm publish --access public --tag next --dry-run --workspaces'",
      }),
      givesUpAt: null,
    },
  },
  dates: { ...idleComposer, running: true },
  empty: {
    ...idleComposer,
    lane: { ...idleComposer.lane, icon: 'lock', label: 'Codex native · Locked' },
    blocked: locked,
  },
  text: textOnlyComposer,
  untrusted: {
    ...idleComposer,
    lane: { ...idleComposer.lane, icon: 'shield', label: 'Codex native · Disabled' },
    blocked: untrusted,
    trusted: false,
  },
});

/** What a reader did before the picture was taken. */
const doings: Readonly<Partial<Record<Story, (chat: ChatPage) => Promise<void>>>> = {
  opened: (chat) => open(chat, ['.reasoning', '.file-change', '.receipt', '.mcp']),
  served: (chat) => open(chat, ['.receipt']),
  payer: (chat) => chat.ask('Now publish it.', payerQuestion),
  trust: (chat) => chat.ask('Now publish it.', trustQuestion),
  stall: (chat) => chat.page.locator('.progress').waitFor(),
  attached: async (chat) => {
    await chat.page.getByRole('textbox').fill('Make it look like this.');
    await chat.send({ type: 'attached', attachments: sampleImages });
    await chat.page.locator('.box .chip').first().waitFor();
  },
};

async function open(chat: ChatPage, rows: readonly string[]): Promise<void> {
  for (const row of rows) {
    await chat.page.locator(`${row} [aria-expanded="false"]`).first().press('Enter');
    await chat.page.locator(`${row} [aria-expanded="true"]`).first().waitFor();
  }
}

/** Every width in one theme, every theme at one width; high contrast where its borders have least room. */
const looks = [
  { width: 400, theme: 'dark' },
  { width: 220, theme: 'dark' },
  { width: 1200, theme: 'dark' },
  { width: 400, theme: 'light' },
  { width: 220, theme: 'high-contrast' },
] as const satisfies readonly { readonly width: number; readonly theme: ThemeName }[];

test.each(Object.keys(stories) as Story[])('%s fits each width in its theme', async (story) => {
  const chat = await pages.open({ reducedMotion: true });
  // The turn of the picture takes about 9 s, its second one began 12 s ago.
  const log = new EventLog(new Date(Date.now() - 22_000).toISOString());
  stories[story](log);
  const kept = story === 'cut-off' ? { thread: keptByCodex(log) } : {};
  await chat.snapshot(log, { composer: composersNow()[story] ?? idleComposer, ...kept });
  await chat.page.locator('.welcome, .item').first().waitFor();
  await doings[story]?.(chat);
  for (const { width, theme } of looks) {
    const height = ['every', 'opened', 'refused', 'served'].includes(story) ? 1600 : 860;
    await chat.page.setViewportSize({ width, height });
    await chat.wear(theme);
    await chat.page.screenshot({ path: join(folder, `${story}-${theme}-${width}.png`) });
    expect(await chat.page.evaluate(tooWide), `${theme} at ${width} px`).toEqual({ wide: [], overflow: 0, inner: 0 });
  }
  expect(chat.problems).toEqual([]);
  await chat.close();
});

/** Parts that stick out of the page, and by how much it and the transcript scroll sideways. */
function tooWide(): { readonly wide: readonly string[]; readonly overflow: number; readonly inner: number } {
  const parts = '.header *, .composer, .composer *, .receipt, .failure, .running .head, .running .clock, .progress *';
  const log = document.querySelector('.log');
  return {
    wide: [...document.querySelectorAll(parts)]
      .filter((part) => !part.classList.contains('sr-only') && part.getBoundingClientRect().right > window.innerWidth)
      .map((part) => part.outerHTML.slice(0, 80)),
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    inner: log === null ? 0 : log.scrollWidth - log.clientWidth,
  };
}
