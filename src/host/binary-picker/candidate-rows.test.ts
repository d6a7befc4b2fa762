import { expect, test } from 'vitest';
import type { BinaryProblem } from '../../model/index.ts';
import { candidateRow } from './candidate-rows.ts';

const t = (text: string, ...args: readonly unknown[]) =>
  text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

const identity = { path: '/opt/codex/bin/codex', source: 'system-path', version: 'codex-cli 0.169.0' } as const;
const found = { path: '/usr/bin/codex', source: 'system-path', input: 'login-shell PATH' } as const;

test('a usable one says its version, the program behind it and whether it is in use', () => {
  const usable = { ...found, outcome: { kind: 'usable', identity } } as const;
  expect(candidateRow(usable, identity.path, t)).toEqual({
    path: '/usr/bin/codex',
    refusal: null,
    label: '$(terminal) codex-cli 0.169.0',
    description: 'login-shell PATH · in use',
    detail: '/usr/bin/codex · starts /opt/codex/bin/codex',
  });
  expect(candidateRow({ ...usable, path: identity.path, source: 'managed' }, null, t)).toMatchObject({
    description: 'installed by this extension',
    detail: identity.path,
  });
});

test.each<[BinaryProblem, string]>([
  ['not-found', 'there is no such file'],
  ['is-folder', 'it is a folder'],
  ['not-executable', 'it is not executable'],
  ['incomplete', 'the program behind the npm launcher is missing'],
  ['no-answer', 'it did not say its version in time'],
  ['not-codex', 'it does not answer as Codex does'],
])('%s is refused in words', (problem, words) => {
  const row = candidateRow(
    { ...found, outcome: { kind: 'unusable', problem, detail: 'failed: exit code 1' } },
    null,
    t,
  );
  expect(row).toMatchObject({ label: `$(circle-slash) Not usable: ${words}`, detail: '/usr/bin/codex' });
  expect(row.refusal).toBe('/usr/bin/codex failed: exit code 1.');
  const bare = candidateRow({ ...found, outcome: { kind: 'unusable', problem, detail: '' } }, null, t);
  expect(bare.refusal).toBe(`/usr/bin/codex can not be used: ${words}.`);
});
