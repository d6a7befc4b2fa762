import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { LfSplitter } from '../base/index.ts';
import { threadId as asThreadId } from '../model/index.ts';
import type { PracticeServer } from '../practice/index.ts';
import { startPractice } from '../practice/index.ts';
import type { KilledHost, Moment } from './testing/killed-host.ts';
import { realCodex, TestRoom } from './testing/test-app.ts';

/** Orphans in sessions of their own: with the mark that the lane gave, and without anything of its environment. */
const orphan = 'setsid sleep 7001 & echo $! > orphan; sleep 7002';
const unmarked = `env -i /bin/sh -c 'setsid /bin/sleep 7003 & echo $! > orphan; wait' & sleep 7004`;

const codex = (path: string, script: string): string => {
  writeFileSync(path, `#!/bin/sh\n${script}`);
  chmodSync(path, 0o755);
  return path;
};

type Case = {
  readonly name: string;
  readonly moment: Moment;
  readonly prompts?: readonly string[];
  readonly sandbox?: KilledHost['sandbox'];
  readonly by?: KilledHost['by'];
  /** What must be named. `maybe`: it may have ended by itself. */
  readonly left: 'ended' | 'maybe' | 'nothing';
  /** No turn was running. */
  readonly idle?: true;
  /** Whether Codex had begun the turn, so that its thread is kept; left out: that is a matter of milliseconds. */
  readonly resumable?: boolean;
  readonly program?: (root: string) => string;
  /** On the API lane: no program of its own, but commands. */
  readonly isApi?: true;
};

const long = ['run: sleep 7000'];

const cases: readonly Case[] = [
  { name: 'while a probe runs', moment: { at: 'start', of: 'probe', afterMs: 0 }, left: 'maybe' },
  {
    name: 'while doctor runs',
    moment: { at: 'start', of: 'doctor', afterMs: 0 },
    prompts: [],
    left: 'maybe',
    idle: true,
  },
  { name: 'in the call that starts Codex', moment: { at: 'start', of: 'turn', afterMs: 0 }, left: 'maybe' },
  // Over the start of Codex, its thread and its turn, which it needs about 100 ms for.
  ...[3, 20, 45, 80, 130, 210].map((afterMs) => ({
    name: `${afterMs} ms after the start of Codex`,
    moment: { at: 'start', of: 'turn', afterMs } as const,
    left: 'maybe' as const,
  })),
  {
    name: 'when it is known that a process runs',
    moment: { at: 'step', step: 'process-started' },
    by: 'another',
    left: 'maybe',
  },
  { name: 'at thread.started', moment: { at: 'step', step: 'thread-started' }, left: 'maybe' },
  {
    name: 'when the turn is known to have begun, before its first item',
    moment: { at: 'event', kind: 'thread_status_changed', count: 1 },
    prompts: ['fail: hang'],
    left: 'maybe',
    resumable: true,
  },
  { name: 'at turn.started', moment: { at: 'step', step: 'turn-started' }, by: 'another', left: 'maybe' },
  {
    name: 'when a command starts',
    moment: { at: 'event', kind: 'command_execution', count: 1 },
    left: 'maybe',
    resumable: true,
  },
  {
    name: 'during a command outside the sandbox, which left somebody in a session of its own',
    moment: { at: 'file', name: 'orphan' },
    prompts: [`run: ${orphan}`],
    sandbox: 'danger-full-access',
    left: 'ended',
    resumable: true,
  },
  {
    name: 'during a command that gave its orphan another environment',
    moment: { at: 'journal', name: 'orphan' },
    prompts: [`run: ${unmarked}`],
    sandbox: 'danger-full-access',
    by: 'another',
    left: 'ended',
    resumable: true,
  },
  {
    name: 'during a sandboxed command of the API lane, which left somebody in a session of its own',
    moment: { at: 'file', name: 'orphan' },
    prompts: [`run: ${orphan}`],
    isApi: true,
    left: 'ended',
  },
  {
    name: 'when a command of the API lane starts',
    moment: { at: 'event', kind: 'command_execution', count: 1 },
    isApi: true,
    by: 'another',
    left: 'maybe',
  },
  {
    name: 'while the provider says nothing',
    moment: { at: 'waiting', on: 'network' },
    prompts: ['fail: hang'],
    by: 'another',
    left: 'maybe',
    resumable: true,
  },
  {
    name: 'with a second prompt queued',
    moment: { at: 'event', kind: 'user_message', count: 2 },
    prompts: [...long, 'say: later'],
    by: 'another',
    left: 'maybe',
  },
  {
    name: 'between two turns',
    moment: { at: 'idle' },
    prompts: ['say: x'],
    by: 'another',
    left: 'nothing',
    idle: true,
    resumable: true,
  },
  {
    name: 'when the answer is there and the turn is about to end',
    moment: { at: 'event', kind: 'assistant_text', count: 1 },
    prompts: ['say: x'],
    left: 'maybe',
  },
  { name: 'while the user stops the turn', moment: { at: 'stopping' }, left: 'maybe' },
  {
    name: 'with a program that hears neither the end of its output nor SIGINT',
    moment: { at: 'file', name: 'deaf' },
    program: (root) =>
      codex(
        join(root, 'codex'),
        `case " $* " in
  *" --help "*) ;;
  *" exec "*) trap '' INT PIPE HUP; echo > deaf; while :; do sleep 1; done ;;
esac
exec '${realCodex}' "$@"
`,
      ),
    left: 'ended',
  },
];

let base: string;
let practice: PracticeServer;
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'lanes-killed-')));
  practice = await startPractice({ workspaces: [base], pace: 'instant' });
});
afterAll(async () => {
  await practice.close();
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

describe.skipIf(process.platform !== 'linux')('a host that is killed', () => {
  test.concurrent.for(cases)('$name', async (one, { expect }) => {
    const {
      name,
      moment,
      prompts = long,
      sandbox = 'workspace-write',
      by = 'itself',
      left,
      idle,
      resumable,
      program,
      isApi = false,
    } = one;
    const root = mkdtempSync(join(base, 'room-'));
    const spec: KilledHost = { prompts, sandbox, moment, by, program: program?.(root) ?? null, isApi };
    const thread = await killedHost(root, spec);

    // The next start of the product.
    const room = new TestRoom(root);
    const app = await room.open({ practiceUrl: practice.url });
    const leftovers = await app.runtime.reap();
    expect(livingIn(root), name).toEqual([]);
    expect(readdirSync(join(root, 'data', 'processes'))).toEqual([]);
    expect(await app.runtime.reap()).toEqual([]);

    for (const leftover of leftovers) {
      expect(leftover).toMatchObject({ owner: 'a VS Code window', startedAt: expect.stringMatching(/^2.*Z$/) });
      if (!isApi) expect(leftover.label).toMatch(/^(codex|git)( [a-z-]+)*$/);
    }
    const turns = leftovers.filter(({ kind }) => kind === 'turn');
    const running = left === 'ended' || (moment.at !== 'idle' && idle === undefined && moment.at !== 'start');
    if (running && !isApi) expect(turns).toMatchObject([{ label: 'codex exec', threadId: thread }]);
    if (left === 'nothing') expect(leftovers).toEqual([]);
    if (left === 'ended') expect(isApi ? leftovers : turns).toMatchObject([{ outcome: 'ended' }]);
    for (const { outcome } of leftovers) expect(outcome).not.toBe('survived');

    const view = await app.threads.view(asThreadId(thread));
    expect(view.activeTurnId).toBeNull();
    expect(view.queued).toEqual([]);
    // The runtime's thread can be resumed, once it was told that its turn began.
    if (resumable !== undefined) expect(view.nativeThreadId !== null).toBe(resumable);
    for (const turn of view.turns) {
      expect(turn.state).toBe(idle ? 'completed' : 'interrupted');
    }
    if (idle === undefined) {
      const ends = view.rows.flatMap((row) => (row.kind === 'interruption' ? [row.by] : []));
      expect(ends).toEqual(view.turns.map(() => 'shutdown'));
      if (moment.at !== 'start') expect(ends).not.toEqual([]);
    }
    await app.close();
    expect(readdirSync(join(root, 'data', 'processes'))).toEqual([]);
  });
});

/** Runs a host until it is killed. Returns its thread. */
async function killedHost(root: string, spec: KilledHost): Promise<string> {
  const script = join(import.meta.dirname, 'testing/killed-host.ts');
  const host = spawn(process.execPath, [script, root, practice.url, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: root },
  });
  const lines: string[] = [];
  const splitter = new LfSplitter({
    onLine: (line) => {
      lines.push(line);
      if (line === 'now') host.kill('SIGKILL');
    },
    onLongLine: () => undefined,
  });
  host.stdout.on('data', (bytes: Uint8Array) => splitter.push(bytes));
  // The moment does not come: the host ends in order, and with it what it started.
  const late = setTimeout(() => host.kill('SIGTERM'), 30_000);
  const [, signal] = await once(host, 'exit');
  clearTimeout(late);
  if (signal !== 'SIGKILL') throw new Error(`the host ended before it could be killed: ${lines.join(' ')}`);
  return lines[0] ?? '';
}

/** What lives of a room, by whatever it can be known: its working folder, its words, its environment. */
function livingIn(root: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return [];
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      const traces = [readlinkSync(`/proc/${pid}/cwd`), words, readFileSync(`/proc/${pid}/environ`, 'latin1')];
      return traces.some((trace) => trace.includes(root)) ? [`${pid} ${words}`] : [];
    } catch {
      return []; // gone meanwhile
    }
  });
}
