import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listProcesses } from '../node/index.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import { send, TestRoom } from './testing/test-app.ts';

const limit = 60_000;

const storedKey = 'sk-stored-native-8f3a6b1c9d0e';
const planted = {
  CODEX_API_KEY: 'sk-shell-codex-1a2b3c4d5e6f',
  OPENAI_API_KEY: 'sk-shell-openai-6f5e4d3c2b1a',
  SOME_OTHER_SECRET: 'other-secret-77aa88bb99cc',
};
const apiKey = 'sk-vault-openai-0d9c8b7a6f5e';
/** Commands need the proxy, so that they see its password; nothing is kept of it. */
const proxyPassword = 'proxy-pass-4d5e6f7a';
const everyKey = [storedKey, apiKey, ...Object.values(planted)];

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const found = (text: string, keys = everyKey): readonly string[] => keys.filter((key) => text.includes(key));

/** What the system shows of a process and of all below it. */
function family(root: number): readonly { pid: number; arguments: string; environment: string }[] {
  const table = listProcesses();
  const pids = [root];
  for (const pid of pids) pids.push(...table.filter((row) => row.parent === pid).map((row) => row.pid));
  return pids.flatMap((pid) => {
    try {
      const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
      return [{ pid, arguments: read('cmdline'), environment: read('environ') }];
    } catch {
      return []; // gone meanwhile
    }
  });
}

/** What the model runs. Codex asks for the system's name too, with programs that are its own affair. */
const commandsOf = (pid: number) => family(pid).filter((process) => process.arguments.includes('sleep'));

test.skipIf(process.platform !== 'linux')(
  'keys are in the environment of the one program that they are for, and nowhere else',
  async () => {
    const app = await room.open({
      env: { ...planted, HTTPS_PROXY: `http://ann:${proxyPassword}@127.0.0.1:9` },
      vault: new Map([
        ['native-key', storedKey],
        ['https://api.openai.com', apiKey],
      ]),
      settings: { nativeAuth: 'api-key', nativeEnv: ['CODEX_API_KEY', 'OPENAI_API_KEY'] },
      // A provider that takes the login of Codex, so that the key is really needed.
      config: (url) => `${practiceCodexConfig(url)}requires_openai_auth = true\n`,
    });
    await app.status.refresh();
    const thread = app.threads.create(room.work);
    await send(app, thread, 'slow command');
    // Until the command of the model runs.
    const pid = await vi.waitFor(
      () => {
        const turn = app.runtime.processes().find((row) => row.kind === 'turn');
        expect(turn).toMatchObject({ threadId: thread, label: 'codex exec' });
        expect(commandsOf(turn?.pid ?? 0)).not.toEqual([]);
        return turn?.pid ?? 0;
      },
      { timeout: 20_000, interval: 20 },
    );
    const [codex] = family(pid);
    const commands = commandsOf(pid);
    expect(found(codex?.environment ?? '')).toEqual([storedKey]);
    expect(codex?.environment).toContain(`CODEX_API_KEY=${storedKey}`);
    for (const process of commands) expect(found(process.environment), process.arguments).toEqual([]);
    for (const process of [codex, ...commands]) expect(found(process?.arguments ?? '')).toEqual([]);
    expect(found(JSON.stringify(app.runtime.processes()))).toEqual([]);
    await app.threads.stop(thread);

    // Also what a command of the model prints is kept without them.
    const other = app.threads.create(room.work);
    await send(app, other, 'run: env');
    await vi.waitFor(() => expect(room.events.filter((e) => e.kind === 'turn_completed')).toHaveLength(1), {
      timeout: 20_000,
    });
    expect(room.events.some((event) => event.kind === 'command_execution')).toBe(true);
    await app.close();

    const kept = [...everyKey, proxyPassword];
    expect(found(JSON.stringify(room.events), kept)).toEqual([]);
    expect(found(JSON.stringify(app.status.current()), kept)).toEqual([]);
    expect(found(room.logged.join('\n'), kept)).toEqual([]);
    const files = filesIn(room.dataHome);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(found(readFileSync(file, 'latin1'), kept), file).toEqual([]);
  },
  limit,
);
