import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { listProcesses } from '../node/index.ts';
import { readDoctor, runDoctor } from './doctor.ts';
import { binaryOfPackage } from './platform-binary.ts';
import { programFolder } from './testing/program-folder.ts';

const secret = `s${'k-'}proj-abcdefghijklmnopqrstuvwx`;

test('a report: checks in order, details as lines, a status of a later version kept', () => {
  const report = {
    schemaVersion: 2,
    overallStatus: 'odd',
    codexVersion: '0.200.0',
    checks: {
      'config.load': {
        id: 'config.load',
        status: 'ok',
        summary: 'config loaded',
        details: { model: 'gpt', 'config.toml': ['/c.toml', 'missing'], deep: { a: 1 } },
        remediation: null,
      },
      later: { status: 'sleepy', summary: 'zzz', remediation: 'Wake it.' },
      bare: {},
      broken: 'not a check',
      'odd.fields': { status: 7, summary: ['x'], details: 'one line', remediation: 8 },
    },
  };
  expect(readDoctor(`WARNING: noise\n${JSON.stringify(report, null, 2)}\ntrailing`)).toEqual({
    kind: 'report',
    overall: 'odd',
    version: '0.200.0',
    checks: [
      {
        id: 'config.load',
        status: 'ok',
        summary: 'config loaded',
        details: ['model: gpt', 'config.toml: /c.toml, missing', 'deep: {"a":1}'],
        remediation: null,
      },
      { id: 'later', status: 'sleepy', summary: 'zzz', details: [], remediation: 'Wake it.' },
      { id: 'bare', status: 'unknown', summary: '', details: [], remediation: null },
      { id: 'odd.fields', status: 'unknown', summary: '', details: ['one line'], remediation: null },
    ],
  });
});

test('a list of checks is read too', () => {
  expect(readDoctor('{"checks":[{"id":"a","status":"ok"},{"status":"fail"}]}')).toMatchObject({
    overall: 'unknown',
    version: null,
    checks: [{ id: 'a' }, { id: 'check 2', status: 'fail' }],
  });
});

test.each(['', 'all is well', '{"checks":', '[]', '{"overallStatus":"ok"}', '{"checks":"none"}', 'null'])(
  'no report: %j',
  (output) => expect(readDoctor(output)).toBeNull(),
);

test('nothing secret and nothing that moves a cursor gets into a report', () => {
  const checks = {
    net: {
      status: 'ok',
      summary: `key ${secret} known-value-1`,
      details: {
        proxy: 'http://user:pa55@proxy.example:8080 \u001b[2J',
        [`x ${secret}`]: `Bearer ${'a'.repeat(30)}`,
        long: 'y'.repeat(5000),
      },
      remediation: `use ${secret}`,
    },
  };
  const report = readDoctor(JSON.stringify({ checks }), ['known-value-1']);
  const text = JSON.stringify(report);
  for (const bad of [secret, 'known-value-1', 'pa55', 'a'.repeat(30), '\u001b', 'y'.repeat(500)]) {
    expect(text).not.toContain(bad);
  }
  expect(text).toContain('http://proxy.example:8080');
});

describe.skipIf(process.platform === 'win32')('asking', () => {
  const folder = programFolder();
  const env = { PATH: process.env.PATH ?? '' };
  const never = new AbortController().signal;
  const script = (lines: string): string => folder.file('codex', `#!/bin/sh\n${lines}\n`);

  test('exit code 1 is how it says that a check failed; a value of its environment is not shown', async () => {
    const file = script(
      'echo noise; echo "{\\"overallStatus\\":\\"fail\\",\\"checks\\":{\\"a\\":{\\"summary\\":\\"$MY_KEY\\"}}}"; exit 1',
    );
    const report = await runDoctor({ file, env: { ...env, MY_KEY: 'quite-secret-9' } }, never);
    expect(report).toMatchObject({ kind: 'report', overall: 'fail', checks: [{ summary: '[redacted:secret]' }] });
  });

  test.each([
    [
      'no such command',
      'echo "error: unexpected argument" >&2; exit 2',
      /no doctor that answers in JSON/,
      /newer Codex/,
    ],
    ['garbage', 'echo hello', /exit code 0 and "hello"/, /in a terminal/],
    ['a failure', 'echo "Error: no home" >&2; exit 1', /exit code 1 and "Error: no home"/, /in a terminal/],
    ['a crash', 'kill -SEGV $$', /failed: ended by SIGSEGV/, /Install Codex again/],
    ['no answer', 'sleep 500', /gave no answer within 0.3 s/, /network/],
  ])('%s is a failure with what helps', async (name, lines, why, hint) => {
    const patience = name === 'no answer' ? 300 : 30_000;
    expect(await runDoctor({ file: script(lines), env, patience }, never)).toEqual({
      kind: 'failed',
      why: expect.stringMatching(why),
      hint: expect.stringMatching(hint),
    });
  });

  test('a program that is gone', async () => {
    const report = await runDoctor({ file: folder.at('codex'), env }, never);
    expect(report).toMatchObject({ kind: 'failed', why: expect.stringContaining('ENOENT') });
  });

  test('cancelled, it is gone with what it started', async () => {
    const note = folder.at('pid');
    const stop = new AbortController();
    const file = script(`sleep 500 & echo $! >${note}.new; mv ${note}.new ${note}; wait`);
    const asked = runDoctor({ file, env }, stop.signal);
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
    stop.abort();
    expect(await asked).toMatchObject({ kind: 'failed', why: 'It was cancelled' });
    const pid = Number(readFileSync(note, 'utf8'));
    expect(listProcesses().some((row) => row.pid === pid)).toBe(false);
  });

  test('the installed Codex', async () => {
    const root = join(import.meta.dirname, '../../node_modules/@openai/codex');
    const file = (await binaryOfPackage(root, process.platform, process.arch)) ?? '';
    const home = folder.at('home');
    folder.file('home/config.toml', '');
    // A provider that refuses at once, so that nothing waits for a network.
    const provider = '[model_providers.x]\nname = "x"\nbase_url = "http://127.0.0.1:9/v1"\nwire_api = "responses"\n';
    folder.file('home/config.toml', `model_provider = "x"\n${provider}`);
    const report = await runDoctor({ file, env: { ...env, HOME: home, CODEX_HOME: home } }, never);
    expect(report).toMatchObject({ kind: 'report', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    if (report.kind !== 'report') return;
    const config = report.checks.find(({ id }) => id === 'config.load');
    expect(config).toMatchObject({ status: 'ok', summary: 'config loaded' });
    expect(config?.details).toContain(`CODEX_HOME: ${home}`);
    expect(report.checks.length).toBeGreaterThan(10);
  });
});
