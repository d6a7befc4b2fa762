import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestRoom } from '../../src/compose/testing/test-app.ts';
import type { App } from '../../src/compose.ts';

type Build = { readonly version: string; readonly program: string };

const builds = JSON.parse(process.env.CODEX_LANES_COMPAT ?? '[]') as readonly Build[];
const never = new AbortController().signal;

/** As a user runs it in a terminal; resolves with how it ended. */
function inTerminal(room: TestRoom, program: string, ...args: readonly string[]): Promise<number | null> {
  const env = { PATH: process.env.PATH, HOME: join(room.root, 'home'), CODEX_HOME: room.codexHome };
  const child = spawn(program, ['exec', '--json', ...args], { cwd: room.work, env, stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', resolve));
}

describe.each(builds)('threads of Codex $version’s own', ({ program }) => {
  const room = new TestRoom();
  let app: App;
  beforeAll(async () => {
    app = await room.open({
      settings: {
        codexPath: { value: program, source: 'test' },
        nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
      },
    });
    expect(await inTerminal(room, program, 'say: one')).toBe(0);
  });
  afterAll(() => room.close());

  test('are listed, and opened with their history; the terminal goes on with them', async () => {
    const listed = await app.threads.codex.list(never);
    if (listed.kind === 'none') throw new Error(listed.why);
    const [first] = listed.threads;
    expect(first).toMatchObject({ title: 'say: one', cwd: room.work });
    if (first === undefined) return;
    const opened = await app.threads.codex.open(first.nativeThreadId, never);
    if (!opened.ok) throw new Error(opened.message);
    const view = await app.threads.view(opened.threadId);
    expect(view.rows.map(({ kind }) => kind)).toEqual(['user', 'text', 'notice']);
    expect(await app.threads.codex.list(never)).toEqual({ kind: 'threads', threads: [] });
    expect(await inTerminal(room, program, 'resume', first.nativeThreadId, 'say: two')).toBe(0);
  });
});
