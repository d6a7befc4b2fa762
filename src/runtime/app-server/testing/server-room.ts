import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeSettings } from '../../../../test/fakes/settings.ts';
import { systemClock } from '../../../node/index.ts';
import type { SettingsSnapshot } from '../../../ports/index.ts';
import type { PracticeServer } from '../../../practice/index.ts';
import { practiceCodexConfig, startPractice } from '../../../practice/index.ts';
import { createBinaryFinder } from '../../binary-finder.ts';
import { resolveNativeRuntime } from '../../native-runtime.ts';
import { binaryOfPackage } from '../../platform-binary.ts';
import type { ServerProgram } from '../server-process.ts';
import { serverProgram } from '../server-program.ts';

/** The real program that `npm ci` brought; null where there is none. */
export const realCodex = await binaryOfPackage(
  join(import.meta.dirname, '../../../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

/** Folders of its own for the real program, with the practice endpoint. */
export class ServerRoom {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'server-room-')));
  readonly work = join(this.root, 'work');
  readonly codexHome = join(this.root, 'codex-home');
  readonly practice: PracticeServer;
  readonly env: Record<string, string>;

  static async open(): Promise<ServerRoom> {
    return new ServerRoom(await startPractice({ pace: 'instant', workspaces: [realpathSync(tmpdir())] }));
  }

  private constructor(practice: PracticeServer) {
    this.practice = practice;
    for (const folder of ['work/.git', 'home', 'codex-home', 'tmp']) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    writeFileSync(join(this.work, '.git/HEAD'), 'ref: refs/heads/main\n');
    this.configure(practiceCodexConfig(practice.url));
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: join(this.root, 'home'),
      TMPDIR: join(this.root, 'tmp'),
      LANG: 'C.UTF-8',
      CODEX_HOME: this.codexHome,
    };
  }

  /** Codex's own configuration. */
  configure(toml: string): void {
    writeFileSync(join(this.codexHome, 'config.toml'), toml);
  }

  /** The app-server of the real program, as a lane would start it. */
  async program(settings: Partial<SettingsSnapshot> = {}, storedKey?: string): Promise<ServerProgram> {
    const runtime = await resolveNativeRuntime({
      settings: { ...nativeSettings, codexPath: { value: realCodex ?? '', source: 'test' }, ...settings },
      secrets: {
        reachable: storedKey !== undefined,
        get: async () => storedKey,
        set: async () => undefined,
        delete: async () => undefined,
      },
      env: this.env,
      dataHome: null,
      finder: createBinaryFinder(systemClock),
      clock: systemClock,
      loginShellPath: async () => null,
    });
    const program = serverProgram(runtime);
    if (program === null) throw new Error('the pinned Codex is not installed');
    return program;
  }

  async close(): Promise<void> {
    await this.practice.close();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
