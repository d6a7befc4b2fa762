import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeSettings } from '../../../test/fakes/settings.ts';
import type { App } from '../../compose.ts';
import { createApp } from '../../compose.ts';
import type { LogEvent, ThreadId } from '../../model/index.ts';
import { requestId } from '../../model/index.ts';
import type { Log, SecretName, Secrets, SettingsSnapshot } from '../../ports/index.ts';
import type { PracticeServer } from '../../practice/index.ts';
import { practiceCodexConfig, startPractice } from '../../practice/index.ts';
import { binaryOfPackage } from '../../runtime/index.ts';

/** The real program that `npm ci` brought; empty where there is none. */
export const realCodex =
  (await binaryOfPackage(
    join(import.meta.dirname, '../../../node_modules/@openai/codex'),
    process.platform,
    process.arch,
  )) ?? '';

export type TestAppOptions = {
  readonly settings?: Partial<SettingsSnapshot>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the vault holds, by origin or `native-key`. */
  readonly vault?: Map<string, string>;
  readonly trusted?: boolean;
  /** Codex's config.toml; default: the practice endpoint. */
  readonly config?: (practiceUrl: string) => string;
  /** A practice endpoint that runs already; default: one of this room's own. */
  readonly practiceUrl?: string;
};

/** The core on a data home, a Codex home and a folder of its own, with the practice endpoint and the real program. */
export class TestRoom {
  readonly root: string;
  readonly work: string;
  readonly dataHome: string;
  readonly codexHome: string;
  readonly logged: string[] = [];
  readonly events: LogEvent[] = [];
  readonly #apps: App[] = [];
  #practice: PracticeServer | null = null;

  /** `root`: the room of another process. */
  constructor(root = realpathSync(mkdtempSync(join(tmpdir(), 'lanes-app-')))) {
    this.root = root;
    this.work = join(root, 'work');
    this.dataHome = join(root, 'data');
    this.codexHome = join(root, 'codex-home');
  }

  async open({
    settings,
    env,
    vault,
    trusted = true,
    config = practiceCodexConfig,
    practiceUrl,
  }: TestAppOptions = {}): Promise<App> {
    for (const folder of ['work/.git', 'home', 'codex-home', 'tmp']) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    writeFileSync(join(this.work, '.git/HEAD'), 'ref: refs/heads/main\n');
    const url = practiceUrl ?? (await this.#endpoint());
    writeFileSync(join(this.codexHome, 'config.toml'), config(url));
    const snapshot = { ...plainSettings, apiBaseUrl: url, ...settings };
    const app = createApp({
      env: {
        PATH: process.env.PATH ?? '',
        HOME: join(this.root, 'home'),
        TMPDIR: join(this.root, 'tmp'),
        LANG: 'C.UTF-8',
        CODEX_HOME: this.codexHome,
        CODEX_LANES_HOME: this.dataHome,
        ...env,
      },
      log: this.#log(),
      secrets: secretsOf(vault ?? new Map()),
      settings: { get: () => snapshot, onChange: () => () => undefined },
      workspace: {
        trusted: () => trusted,
        folders: () => [{ path: this.work, name: 'work' }],
        onChange: () => () => undefined,
      },
      storedStatus: null,
      storeStatus: () => undefined,
    });
    this.#apps.push(app);
    app.threads.onEvents((_id, batch) => this.events.push(...batch));
    return app;
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
    await this.#practice?.close();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  async #endpoint(): Promise<string> {
    this.#practice ??= await startPractice({ workspaces: [this.work], pace: 'instant' });
    return this.#practice.url;
  }

  #log(): Log {
    const say = (line: string): void => void this.logged.push(line);
    return { debug: say, info: say, warn: say, error: (line, error) => say(`${line} ${String(error)}`) };
  }
}

let sent = 0;

/** Sends a prompt, with a yes to whatever is asked before it. */
export async function send(app: App, thread: ThreadId, text: string): Promise<void> {
  sent += 1;
  const prompt = { requestId: requestId(`request-${sent}`), text };
  const first = await app.threads.submit(thread, prompt);
  const ask = first.ok ? undefined : first.ask;
  const last = ask === undefined ? first : await app.threads.submit(thread, { ...prompt, confirmed: [ask.id] });
  if (!last.ok) throw new Error(last.message);
}

function secretsOf(values: Map<string, string>): Secrets {
  const nameOf = (name: SecretName): string => (name.kind === 'native-key' ? name.kind : name.origin);
  return {
    reachable: true,
    get: async (name) => values.get(nameOf(name)),
    set: async (name, value) => void values.set(nameOf(name), value),
    delete: async (name) => void values.delete(nameOf(name)),
  };
}

const plainSettings: SettingsSnapshot = {
  ...nativeSettings,
  codexPath: { value: realCodex, source: 'test' },
  apiModel: 'gpt-5.5',
};
