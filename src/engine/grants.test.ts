import { expect, test } from 'vitest';
import type { GrantEntry } from '../model/index.ts';
import { threadId } from '../model/index.ts';
import { matchGrant } from './grants.ts';

const now = Date.parse('2026-01-10T00:00:00.000Z');
const [mine, other] = [threadId('mine'), threadId('other')];
const shell = (command: string): string => `/bin/bash -lc '${command}'`;
const grant = (more: Partial<GrantEntry> = {}): GrantEntry => ({
  ...{ id: 'g', kind: 'folder', command: shell('npm test'), folder: '/w', threadId: mine },
  ...{ givenAt: '2026-01-01T00:00:00.000Z', lapsesAt: '2026-02-01T00:00:00.000Z', uses: 0, last: null, ...more },
});
const asked = { command: shell('npm test'), folder: '/w', threadId: mine };

test('the same command in the same folder is granted, in every thread or in the one it was given in', () => {
  expect(matchGrant([grant()], { ...asked, threadId: other }, now).kind).toBe('granted');
  expect(matchGrant([grant({ kind: 'thread' })], asked, now).kind).toBe('granted');
  expect(matchGrant([grant({ kind: 'thread' })], { ...asked, threadId: other }, now)).toEqual({
    kind: 'none',
    near: { why: 'other_thread', command: shell('npm test'), folder: '/w' },
  });
});

test.each([
  ['other_folder', {}, { folder: '/w/deeper' }],
  ['other_folder', {}, { folder: '/' }],
  ['other_arguments', {}, { command: shell('npm test ') }],
  ['other_arguments', {}, { command: shell('npm test && rm -rf /') }],
  ['other_arguments', {}, { command: shell('npm run test') }],
  ['lapsed', { lapsesAt: '2026-01-10T00:00:00.000Z' }, {}],
  [undefined, {}, { command: shell('node x.js') }],
  [undefined, {}, { command: shell('npm run x'), folder: '/other' }],
  [undefined, { kind: 'thread', threadId: other }, { command: shell('npm run x') }],
] as const)('near, and asked all the same: %s', (why, given, question) => {
  const match = matchGrant([grant(given)], { ...asked, ...question }, now);
  expect(match.kind).toBe('none');
  expect(match.kind === 'none' ? match.near?.why : null).toBe(why);
});

test('a grant that holds goes before one that has lapsed', () => {
  const lapsed = grant({ id: 'old', lapsesAt: '2026-01-02T00:00:00.000Z' });
  expect(matchGrant([lapsed, grant()], asked, now)).toMatchObject({ kind: 'granted', grant: { id: 'g' } });
});

const ran = [{ name: 'package.json: test', digest: 'a' }];
const within = { sandbox: 'workspace-write', scripts: ran } as const;

test('a grant for one sandbox, and with the scripts as they were, is none for another sandbox or other scripts', () => {
  const given = [grant(within)];
  expect(matchGrant(given, { ...asked, ...within }, now).kind).toBe('granted');
  const whyOf = (more: object) => {
    const match = matchGrant(given, { ...asked, ...within, ...more }, now);
    return match.kind === 'none' ? match.near?.why : match.kind;
  };
  expect(whyOf({ sandbox: 'danger-full-access' })).toBe('other_sandbox');
  expect(whyOf({ sandbox: 'read-only' })).toBe('other_sandbox');
  expect(whyOf({ sandbox: undefined })).toBe('other_sandbox');
  expect(whyOf({ scripts: [{ name: 'package.json: test', digest: 'b' }] })).toBe('script_changed');
  expect(whyOf({ scripts: [] })).toBe('script_changed');
  expect(whyOf({ scripts: [...ran, { name: './x.sh', digest: 'c' }] })).toBe('script_changed');
  expect(matchGrant([grant()], { ...asked, ...within }, now).kind).toBe('none');
});

test('a script that is as it was again is granted again', () => {
  expect(matchGrant([grant(within)], { ...asked, sandbox: within.sandbox, scripts: [...ran] }, now).kind).toBe(
    'granted',
  );
});
