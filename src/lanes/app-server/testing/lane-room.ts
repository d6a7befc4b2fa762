import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { laneTurn, turnIo } from '../../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../../test/fakes/settings.ts';
import { AsyncQueue } from '../../../base/index.ts';
import type { Attachment, LaneEvent, TurnProgress } from '../../../model/index.ts';
import { turnId } from '../../../model/index.ts';
import { newId, systemClock } from '../../../node/index.ts';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  Editor,
  LaneTurn,
  OpenRawStream,
  SettingsSnapshot,
  Steer,
  TurnEnd,
  TurnIo,
} from '../../../ports/index.ts';
import type { PracticeServer } from '../../../practice/index.ts';
import { practiceCodexConfig, startPractice } from '../../../practice/index.ts';
import type { NativeRuntime } from '../../../runtime/index.ts';
import {
  binaryOfPackage,
  createBinaryFinder,
  createCliReader,
  resolveNativeRuntime,
  SharedServer,
} from '../../../runtime/index.ts';
import { createEditorTools } from '../../../tools/index.ts';
import { createAppServerLane } from '../index.ts';

/** The real program that `npm ci` brought; null where there is none. */
export const realCodex = await binaryOfPackage(
  join(import.meta.dirname, '../../../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

/** One turn that runs: what it said so far, and the ways to it. */
export type Run = {
  readonly end: Promise<TurnEnd>;
  readonly events: LaneEvent[];
  /** The texts of the answer, whole or as they streamed. */
  readonly text: () => string;
  readonly progress: TurnProgress[];
  /** Each change that was announced before, and afterwards. */
  readonly changes: string[];
  readonly stop: (reason?: string) => void;
  /** Resolves with whether the turn took it. */
  readonly steer: (text: string, attachments?: readonly Attachment[]) => Promise<boolean>;
};

export type RunOptions = {
  readonly turn?: Partial<LaneTurn>;
  /** Answers a question with one of its decisions, or with what is filled in, too. Default: nobody answers. */
  readonly onAsk?: (request: ApprovalRequest, signal: AbortSignal) => string | ApprovalAnswer | null;
  readonly mayPay?: TurnIo['mayPay'];
};

export type RoomOptions = {
  readonly settings?: Partial<SettingsSnapshot>;
  readonly config?: (url: string) => string;
  readonly pace?: 'instant' | 'natural';
  readonly rawStream?: OpenRawStream;
  readonly editor?: () => Editor | null;
};

/** A lane on folders of its own, with the real program and the practice endpoint. */
export class LaneRoom {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'as-lane-')));
  readonly work = join(this.root, 'work');
  /** Where the sandbox lets nothing write: the usual temporary folder is open to it. */
  readonly outside = realpathSync(mkdtempSync('/var/tmp/as-lane-'));
  readonly logged: string[] = [];
  readonly servers: SharedServer[] = [];
  readonly practice: PracticeServer;
  readonly #env: Record<string, string>;
  readonly #options: RoomOptions;
  #turns = 0;
  /** A number that no other command of this machine has in it. */
  readonly marker = `6${String(process.pid).padStart(7, '0')}${Math.floor(Math.random() * 1000)}`;

  /** A command that runs until it is ended. */
  get sleep(): string {
    return `sleep ${this.marker}`;
  }

  static async open(options: RoomOptions = {}): Promise<LaneRoom> {
    const practice = await startPractice({ pace: options.pace ?? 'instant', workspaces: [realpathSync(tmpdir())] });
    return new LaneRoom(practice, options);
  }

  private constructor(practice: PracticeServer, options: RoomOptions) {
    this.practice = practice;
    this.#options = options;
    for (const folder of ['work/.git', 'home', 'codex-home', 'tmp']) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    writeFileSync(join(this.work, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(this.root, 'codex-home/config.toml'), (options.config ?? practiceCodexConfig)(practice.url));
    this.#env = {
      PATH: process.env.PATH ?? '',
      HOME: join(this.root, 'home'),
      TMPDIR: join(this.root, 'tmp'),
      LANG: 'C.UTF-8',
      CODEX_HOME: join(this.root, 'codex-home'),
    };
  }

  get settings(): SettingsSnapshot {
    return { ...nativeSettings, codexPath: { value: realCodex ?? '', source: 'test' }, ...this.#options.settings };
  }

  readonly resolve = (): Promise<NativeRuntime> =>
    resolveNativeRuntime({
      settings: this.settings,
      secrets: {
        reachable: false,
        get: async () => undefined,
        set: async () => undefined,
        delete: async () => undefined,
      },
      env: this.#env,
      dataHome: null,
      finder: createBinaryFinder(systemClock),
      cli: createCliReader(),
      clock: systemClock,
      loginShellPath: async () => null,
    });

  readonly log = {
    debug: (line: string): void => void this.logged.push(`debug: ${line}`),
    info: (line: string): void => void this.logged.push(`info: ${line}`),
    warn: (line: string): void => void this.logged.push(`warn: ${line}`),
    error: (line: string, error?: unknown): void => void this.logged.push(`error: ${line} ${String(error)}`),
  };

  /** A lane with a server of its own: another window. */
  lane() {
    const server = new SharedServer({
      clock: systemClock,
      log: this.log,
      version: '0.0.0-test',
      experimentalApi: true,
    });
    this.servers.push(server);
    const { editor, rawStream } = this.#options;
    const lane = createAppServerLane({
      resolve: this.resolve,
      server,
      settings: () => this.settings,
      ...(rawStream === undefined ? {} : { rawStream }),
      ...(editor === undefined ? {} : { editorTools: createEditorTools(editor) }),
      newId,
      clock: systemClock,
      log: this.log,
    });
    return { server, run: (text: string, options?: RunOptions): Run => this.#run(lane.run, text, options) };
  }

  turnOf(text: string, more: Partial<LaneTurn> = {}): LaneTurn {
    this.#turns += 1;
    return laneTurn({ turnId: turnId(`tu${this.#turns}`), text, cwd: this.work, ...more });
  }

  #run(run: ReturnType<typeof createAppServerLane>['run'], text: string, options: RunOptions = {}): Run {
    const { turn, onAsk, mayPay = () => null } = options;
    const events: LaneEvent[] = [];
    const progress: TurnProgress[] = [];
    const changes: string[] = [];
    const stop = new AbortController();
    const inbox = new AsyncQueue<Steer>();
    const fill: TurnIo['approvals']['fill'] = (request, signal) =>
      new Promise((resolve, reject) => {
        const given = onAsk?.(request, signal) ?? null;
        if (given !== null) resolve(typeof given === 'string' ? { decision: given, answers: {} } : given);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (signal.aborted) reject(signal.reason);
      });
    const io = turnIo({
      emit: (event) => events.push(event),
      approvals: { fill, ask: async (request, signal) => (await fill(request, signal)).decision },
      inbox,
      beforeChange: async (paths) => void changes.push(`before ${paths.join()}`),
      afterChange: async (paths) => void changes.push(`after ${paths.join()}`),
      mayPay,
      progress: (one) => progress.push(one),
      signal: stop.signal,
    });
    const end = run(this.turnOf(text, turn), io);
    void end.finally(() => inbox.close()).catch(() => undefined);
    return {
      end,
      events,
      progress,
      changes,
      text: () =>
        events.flatMap((event) => (event.kind === 'assistant_text' && !event.isDelta ? [event.text] : [])).join('\n'),
      stop: (reason = 'user') => stop.abort(reason),
      steer: (words, attachments = []) =>
        new Promise((settle) => {
          if (!inbox.push({ text: words, attachments, settle })) settle(false);
        }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
    await this.practice.close();
    for (const folder of [this.root, this.outside]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
