/**
 * A host that is killed: run by a test as a process of its own, it opens the core in the room it is told, sends a prompt and,
 * at the moment it is told, kills itself by SIGKILL or says so and goes on. Arguments: the room's folder, the practice
 * endpoint and a {@link KilledHost} as JSON.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../compose.ts';
import type { LiveProcess, SandboxMode } from '../../model/index.ts';
import { send, TestRoom } from './test-app.ts';

export type Moment =
  /** A program of this kind was started, `afterMs` milliseconds ago; 0: in the very call. */
  | { readonly at: 'start'; readonly of: LiveProcess['kind']; readonly afterMs: number }
  /** The n-th event of a kind. */
  | { readonly at: 'event'; readonly kind: string; readonly count: number }
  /** A step of the turn's way was observed. */
  | { readonly at: 'step'; readonly step: string }
  /** The turn has begun, which is stored, and waits for this hop. */
  | { readonly at: 'waiting'; readonly on: string }
  | { readonly at: 'stopping' }
  /** A command wrote this file in the working folder. */
  | { readonly at: 'file'; readonly name: string }
  /** The process whose pid a command wrote into this file is written down. */
  | { readonly at: 'journal'; readonly name: string }
  | { readonly at: 'idle' };

export type KilledHost = {
  readonly prompts: readonly string[];
  readonly sandbox: SandboxMode;
  readonly moment: Moment;
  readonly by: 'itself' | 'another';
  /** In place of the real program. */
  readonly program: string | null;
  /** On the API lane with its tools, which then need not ask for commands. */
  readonly isApi: boolean;
};

const [root = '', practiceUrl = '', spec = ''] = process.argv.slice(2);
const { prompts, sandbox, moment, by, program, isApi }: KilledHost = JSON.parse(spec);
const room = new TestRoom(root);
const settings = {
  nativeSandbox: sandbox,
  ...(program === null ? {} : { codexPath: { value: program, source: 'test' } }),
  ...(isApi ? ({ lane: { value: 'api', source: 'test' }, apiTools: true, apiPolicy: 'full' } as const) : {}),
};
const app = await room.open({ practiceUrl, settings });

process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(1));
});

let reached = false;
function now(): void {
  if (reached) return;
  reached = true;
  if (by === 'itself') process.kill(process.pid, 'SIGKILL');
  process.stdout.write('now\n');
  // It stays until it is killed, also where it has nothing more to do.
  setInterval(() => undefined, 60_000);
}

watch(app);
const thread = app.threads.create(room.work);
process.stdout.write(`${thread}\n`);
if (moment.at === 'start' && moment.of === 'doctor') await app.runtime.doctor();
for (const [index, prompt] of prompts.entries()) {
  // A second prompt waits behind the turn of the first.
  if (index > 0) await until(() => app.runtime.processes().some(({ kind }) => kind === 'turn'));
  await send(app, thread, prompt);
}
if (moment.at === 'stopping') {
  await until(() => app.runtime.processes().some(({ kind }) => kind === 'turn'));
  await app.threads.stop(thread);
}

function watch({ runtime, threads }: App): void {
  switch (moment.at) {
    case 'start':
      runtime.onProcesses((rows) => {
        if (!rows.some(({ kind }) => kind === moment.of)) return;
        if (moment.afterMs === 0) now();
        setTimeout(now, moment.afterMs);
      });
      return;
    case 'event': {
      let seen = 0;
      threads.onEvents((_thread, events) => {
        seen += events.filter(({ kind }) => kind === moment.kind).length;
        if (seen >= moment.count) now();
      });
      return;
    }
    case 'step':
      threads.onActivity((_thread, { progress }) => {
        if (progress?.steps.some(({ what }) => what === moment.step)) now();
      });
      return;
    case 'waiting': {
      // What is stored of its way comes a moment after it is seen.
      let begun = false;
      let waits = false;
      const look = (): void => {
        if (begun && waits) now();
      };
      threads.onEvents((_thread, events) => {
        begun ||= events.some(({ kind }) => kind === 'thread_status_changed');
        look();
      });
      threads.onActivity((_thread, { progress }) => {
        waits = progress?.waiting.on === moment.on;
        look();
      });
      return;
    }
    case 'stopping':
      threads.onActivity((_thread, { stopping }) => {
        if (stopping) now();
      });
      return;
    case 'idle':
      threads.onActivity((_thread, { running }) => {
        if (!running && runtime.processes().length === 0) now();
      });
      return;
    case 'file':
      void until(() => existsSync(join(room.work, moment.name))).then(now);
      return;
    case 'journal':
      void until(() => {
        const pid = textOf(join(room.work, moment.name)).trim();
        return pid !== '' && journal().includes(`[${pid},`);
      }).then(now);
      return;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function journal(): string {
  const folder = join(room.dataHome, 'processes');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => textOf(join(folder, name)))
    .join('');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
