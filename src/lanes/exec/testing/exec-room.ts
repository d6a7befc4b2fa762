import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { laneTurn, turnIo } from '../../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../../test/fakes/settings.ts';
import type { LaneEvent, TurnProgress } from '../../../model/index.ts';
import { systemClock } from '../../../node/index.ts';
import type { LaneTurn, OpenRawStream, SettingsSnapshot, TurnEnd, TurnIo } from '../../../ports/index.ts';
import type { PracticeServer } from '../../../practice/index.ts';
import { practiceCodexConfig, startPractice } from '../../../practice/index.ts';
import { binaryOfPackage, createBinaryFinder, createCliReader, resolveNativeRuntime } from '../../../runtime/index.ts';
import { createExecLane } from '../index.ts';

/** The real program that `npm ci` brought; null where there is none. */
export const realCodex = await binaryOfPackage(
  join(import.meta.dirname, '../../../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

export type Ran = {
  readonly end: TurnEnd;
  readonly events: readonly LaneEvent[];
  /** What a user reads: the texts of the items and of the failure. */
  readonly text: string;
};

export type RunOptions = {
  readonly turn?: Partial<LaneTurn>;
  readonly settings?: Partial<SettingsSnapshot>;
  /** The program that a turn starts, in place of the one that was found. */
  readonly program?: string;
  readonly onEvent?: (event: LaneEvent) => void;
  readonly onProgress?: (progress: TurnProgress) => void;
  readonly onWait?: TurnIo['onWait'];
  readonly rawStream?: OpenRawStream;
  readonly signal?: AbortSignal;
};

/** A lane on folders of its own, with the real program and the practice endpoint unless something else is named. */
export class ExecRoom {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'exec-room-')));
  readonly work = join(this.root, 'work');
  readonly codexHome = join(this.root, 'codex-home');
  readonly config = join(this.codexHome, 'config.toml');
  readonly scratch = join(this.root, 'data');
  readonly env: Record<string, string>;
  readonly practice: PracticeServer;
  readonly #cli = createCliReader();

  static async open(): Promise<ExecRoom> {
    return new ExecRoom(await startPractice({ pace: 'instant', workspaces: [realpathSync(tmpdir())] }));
  }

  private constructor(practice: PracticeServer) {
    this.practice = practice;
    for (const folder of ['work/.git', 'home', 'codex-home', 'tmp', 'data']) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    writeFileSync(join(this.work, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(this.config, practiceCodexConfig(practice.url));
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: join(this.root, 'home'),
      TMPDIR: join(this.root, 'tmp'),
      LANG: 'C.UTF-8',
      CODEX_HOME: this.codexHome,
    };
  }

  /** Points Codex at another endpoint. */
  askAt(url: string): void {
    writeFileSync(this.config, practiceCodexConfig(url));
  }

  /** A program that stands in for Codex: the body of a Node.js script. */
  fake(body: string): string {
    const path = join(this.root, `fake-${Math.random().toString(36).slice(2)}`);
    writeFileSync(path, `#!${process.execPath}\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** What lies in our own data folder after a run. */
  kept(): readonly string[] {
    return readdirSync(this.scratch, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8');
  }

  async run(text: string, options: RunOptions = {}): Promise<Ran> {
    const { turn, settings, program, onEvent, onProgress, onWait, rawStream, signal } = options;
    const events: LaneEvent[] = [];
    const snapshot = { ...nativeSettings, codexPath: { value: realCodex ?? '', source: 'test' }, ...settings };
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const lane = createExecLane({
      resolve: async (profile) => {
        const runtime = await resolveNativeRuntime({
          profile,
          settings: snapshot,
          secrets: noSecrets,
          env: this.env,
          dataHome: null,
          finder: createBinaryFinder(systemClock),
          cli: this.#cli,
          clock: systemClock,
          loginShellPath: async () => null,
        });
        if (program === undefined) return runtime;
        return {
          ...runtime,
          binary: { kind: 'found', identity: { path: program, version: 'fake', source: 'setting' } },
        };
      },
      settings: () => snapshot,
      scratch: async () => this.scratch,
      ...(rawStream === undefined ? {} : { rawStream }),
      clock: systemClock,
      log,
    });
    const end = await lane.run(
      laneTurn({ text, cwd: this.work, ...turn }),
      turnIo({
        emit: (event) => {
          events.push(event);
          onEvent?.(event);
        },
        progress: (progress) => onProgress?.(progress),
        onWait: (call) => onWait?.(call) ?? (() => undefined),
        signal: signal ?? new AbortController().signal,
      }),
    );
    const texts = events.flatMap((event) => (event.kind === 'assistant_text' ? [event.text] : []));
    return { end, events, text: texts.join('\n') };
  }

  async close(): Promise<void> {
    await this.practice.close();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const noSecrets = {
  reachable: false,
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
};
