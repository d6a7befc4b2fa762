import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Receipt } from './index.ts';
import { nativeThreadId, receiptJson, receiptMarkdown } from './index.ts';

const native: Receipt = {
  asked: 'auto',
  resolved: 'codex-native',
  trace: [
    { rule: 'selection', says: 'Codex native is selected (setting).' },
    { rule: 'binary', says: 'codex-cli 0.169.0 at C:\\tools\\codex_cli|x.exe' },
  ],
  transport: 'exec',
  executable: { path: '/opt/codex_1/bin/codex', source: 'system-path', version: 'codex-cli 0.169.0' },
  endpoint: 'practice (offline)',
  payer: { kind: 'api-key', label: '…abcd', source: 'CODEX_API_KEY' },
  modelAsked: 'gpt-5.5',
  modelServed: 'unknown',
  effort: 'high',
  sandbox: 'workspace-write',
  approvalPolicy: 'never',
  cwd: '/home/me/my_*project*',
  nativeThreadId: nativeThreadId('01a1fbda-842e-78f2-9fc8-b1a429fa66e7'),
  completionPolicy: 'persistent',
  historyCompleteness: 'explicit-hydration-required',
  usage: { input: 1200, cachedInput: 1000, output: 34, reasoningOutput: null, cacheWrite: 0, contextWindow: 272000 },
  usageAuthority: 'live-turn-completed',
  exitCode: 0,
  killStep: 'none',
  warnings: { process: 2, config: 1 },
  durations: { queueMs: 3, firstEventMs: 410, firstTextMs: null, totalMs: 5120 },
  seal: 'ab'.repeat(32),
};

const refused: Receipt = {
  ...native,
  resolved: null,
  trace: [],
  transport: 'responses',
  executable: null,
  endpoint: null,
  payer: null,
  modelAsked: null,
  effort: null,
  sandbox: null,
  approvalPolicy: null,
  cwd: null,
  nativeThreadId: null,
  completionPolicy: null,
  historyCompleteness: null,
  usage: null,
  usageAuthority: null,
  exitCode: null,
  warnings: {},
  durations: { queueMs: 0, firstEventMs: null, firstTextMs: null, totalMs: 1 },
};

test('a receipt as Markdown: every field, with units, and unknown where it is', () => {
  expect(receiptMarkdown(native, { turnId: 'mi0abc' })).toMatchInlineSnapshot(`
    "### Turn receipt mi0abc

    | Fact | Value |
    | --- | --- |
    | Lane asked | Auto |
    | Lane resolved | Codex native |
    | Transport | exec |
    | Executable | codex-cli 0.169.0, /opt/codex\\_1/bin/codex (system-path) |
    | Endpoint | practice (offline) |
    | Paid by | API key …abcd |
    | Credential source | CODEX\\_API\\_KEY |
    | Model asked | gpt-5.5 |
    | Model served | unknown |
    | Effort | high |
    | Sandbox | workspace-write |
    | Approval policy | never |
    | Folder | /home/me/my\\_\\*project\\* |
    | Native thread | 01a1fbda-842e-78f2-9fc8-b1a429fa66e7 |
    | Completion policy | persistent |
    | History completeness | explicit-hydration-required |
    | Usage of this turn | input 1200 tokens, cached input 1000 tokens, output 34 tokens, reasoning output unknown, cache write 0 tokens, context window 272000 tokens |
    | Usage authority | live-turn-completed |
    | Exit code | 0 |
    | Ended by signal | none |
    | Warnings | process: 2, config: 1 |
    | Waited in the queue | 3 ms |
    | First event after | 410 ms |
    | First text after | not reached |
    | Total | 5120 ms |
    | Seal (SHA-256) | abababababababababababababababababababababababababababababababab |

    Why this lane:

    1. selection: Codex native is selected (setting).
    2. binary: codex-cli 0.169.0 at C:\\\\tools\\\\codex\\_cli\\|x.exe
    "
  `);
  expect(receiptMarkdown(refused, { turnId: 't_1' })).toMatchInlineSnapshot(`
    "### Turn receipt t\\_1

    | Fact | Value |
    | --- | --- |
    | Lane asked | Auto |
    | Lane resolved | none: nothing ran |
    | Transport | responses |
    | Executable | none |
    | Endpoint | the default of the runtime |
    | Paid by | unknown |
    | Credential source | unknown |
    | Model asked | default |
    | Model served | unknown |
    | Effort | default |
    | Sandbox | none: this lane runs nothing on the machine |
    | Approval policy | unknown |
    | Folder | none |
    | Native thread | none |
    | Completion policy | none |
    | History completeness | none |
    | Usage of this turn | unknown |
    | Usage authority | none |
    | Exit code | none |
    | Ended by signal | none |
    | Warnings | none |
    | Waited in the queue | 0 ms |
    | First event after | not reached |
    | First text after | not reached |
    | Total | 1 ms |
    | Seal (SHA-256) | abababababababababababababababababababababababababababababababab |
    "
  `);
});

test('requests with the key from the vault are a row where there were any to count', () => {
  const text = (vaultRequests: number) => receiptMarkdown({ ...native, vaultRequests }, { turnId: 't' });
  expect(text(3)).toContain('| Requests with the key from the vault | 3 |');
  expect(text(0)).toContain('| Requests with the key from the vault | 0 |');
  expect(receiptMarkdown(native, { turnId: 't' })).not.toContain('vault');
  expect(JSON.parse(receiptJson({ ...native, vaultRequests: 3 }))).toMatchObject({ vaultRequests: 3 });
});

test('a receipt as JSON is what is stored', () => {
  expect(JSON.parse(receiptJson(native))).toEqual(native);
});

test('the prompt is in it only when it is given, and can’t leave its fence', () => {
  const prompt = 'secret plan\n```\n| a | b |\n````';
  expect(receiptMarkdown(native, { turnId: 't' })).not.toContain('secret plan');
  expect(receiptMarkdown(native, { turnId: 't', prompt })).toContain(`\`\`\`\`\`text\n${prompt}\n\`\`\`\`\``);
});

test('whatever a field holds: the table keeps its shape, and nothing in it is markup', () => {
  const shape = (text: string): number[] => text.split('\n').map((line) => line.split(/(?<!\\)(?:\\\\)*\|/).length);
  const plain = shape(receiptMarkdown(native, { turnId: 't' }));
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('|', '\\', '`', '<b>', '[x](y)', '\n', '\r', '*', '_', 'https://x.y', 'www.x.y'),
    }),
  );
  fc.assert(
    fc.property(nasty, nasty, nasty, nasty, (cwd, endpoint, model, says) => {
      const text = receiptMarkdown(
        {
          ...native,
          cwd,
          endpoint,
          modelServed: model,
          payer: { kind: 'provider', label: says, source: cwd },
          trace: [
            { rule: 'x', says },
            { rule: 'y', says: cwd },
          ],
        },
        { turnId: 't' },
      );
      expect(shape(text)).toEqual(plain);
      const bare = text.replace(/\\[^\n]/g, '');
      expect(bare).not.toMatch(/[<>*_`[\]~&$]|https?:|www\./i);
    }),
    { seed: 7, numRuns: 500 },
  );
});
