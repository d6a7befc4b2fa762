import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { listProcesses } from '../node/index.ts';
import { send, TestRoom } from './testing/test-app.ts';

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());
const limit = 30_000;

test(
  'without a usable data home there is still a status, and the log says why threads can’t be kept',
  async () => {
    const app = await room.open({ env: { CODEX_LANES_HOME: 'relative' }, settings: { codexPath: null } });
    const status = await app.status.refresh();
    expect(status).toMatchObject({ checking: false, inputs: { api: { reach: 'reachable' } } });
    expect(status.inputs.native.checkedAt).not.toBeNull();
    expect(room.logged.join('\n')).toContain('CODEX_LANES_HOME must be an absolute path; it is "relative".');
  },
  limit,
);

describe.skipIf(process.platform === 'win32')('with a program of the test', () => {
  const program = (text: string): string => {
    const path = join(room.root, 'codex');
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test(
    'close ends a probe under way, which then changes nothing',
    async () => {
      const note = join(room.root, 'pid');
      const value = program(`sleep 500 & echo $! >${note}.new; mv ${note}.new ${note}; wait`);
      const app = await room.open({ settings: { codexPath: { value, source: 'test' } } });
      const asked = app.status.refresh();
      await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
      await app.close();
      expect((await asked).inputs.native.binary.kind).toBe('unchecked');
      const pid = Number(readFileSync(note, 'utf8'));
      await vi.waitFor(() => expect(listProcesses().some((row) => row.pid === pid)).toBe(false));
    },
    limit,
  );

  test(
    'a program that is replaced between the check and the turn: the turn and the status say what lies there now',
    async () => {
      const answers = `case $1 in --version) echo 'codex-cli 0.169.0';; *) exit 2;; esac`;
      const value = program(answers);
      const app = await room.open({ settings: { codexPath: { value, source: 'test' } } });
      expect((await app.status.refresh()).inputs.native.binary.kind).toBe('found');
      program('echo "something else entirely"');
      const thread = app.threads.create(room.work);
      await send(app, thread, 'say: one');
      await vi.waitFor(() => expect(app.threads.activity(thread).running).toBe(false), { timeout: 10_000 });
      expect(room.events.find(({ kind }) => kind === 'turn_failed')).toMatchObject({
        error: { code: 'runtime_missing', detail: expect.stringContaining('"something else entirely"') },
      });
      await vi.waitFor(() => expect(app.status.current().inputs.native.binary).toMatchObject({ problem: 'not-codex' }));
    },
    limit,
  );

  test(
    'the doctor shows no value that Codex’s own provider is paid with, whatever it is named',
    async () => {
      const value = program(`case $1 in
        --version) echo 'codex-cli 0.169.0';;
        doctor) echo '{"overallStatus":"ok","checks":{"env":{"status":"ok","summary":"MY_CREDIT is '$MY_CREDIT'"}}}';;
        *) exit 2;;
      esac`);
      const app = await room.open({
        settings: { codexPath: { value, source: 'test' } },
        env: { MY_CREDIT: 'plain-words-0001' },
        config: (url) =>
          `model_provider = "m"\n[model_providers.m]\nname = "M"\nbase_url = "${url}"\nenv_key = "MY_CREDIT"\n`,
      });
      const report = await app.runtime.doctor();
      expect(report).toMatchObject({ checks: [{ summary: 'MY_CREDIT is [redacted:secret]' }] });
    },
    limit,
  );

  test(
    'a data home that can’t be written: the pin stays, and who lifts it hears why',
    async () => {
      mkdirSync(room.root, { recursive: true });
      writeFileSync(join(room.root, 'a-file'), '');
      const app = await room.open({ env: { CODEX_LANES_HOME: join(room.root, 'a-file') } });
      await expect(app.runtime.liftPin()).rejects.toThrow(/^The pin could not be lifted: /);
    },
    limit,
  );
});
