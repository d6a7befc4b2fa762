import { expect, test } from 'vitest';
import { nativeThreadId } from '../../model/index.ts';
import { neededExecWords, turnOptionWords } from '../../runtime/index.ts';
import { execArguments } from './args.ts';

const id = nativeThreadId('01a1fbd6-5dea-7941-804d-602670768ee0');
const plain = {
  nativeThreadId: null,
  forkOf: null,
  attachments: [],
  model: null,
  effort: null,
  profile: null,
  sandbox: 'read-only',
  addDirs: [],
  outputSchema: null,
  ephemeral: false,
  newWorktree: false,
  allowNonGit: false,
} as const;
const run = { cwd: '/CWD', forcedLogin: null, ownKeys: [] } as const;
const everything = {
  ...plain,
  attachments: [{ kind: 'image', path: '/IMAGE', label: 'image' }],
  model: 'MODEL',
  effort: 'high',
  ephemeral: true,
  allowNonGit: true,
} as const;

/** The words of a call, without its values: `exec` first, stdin last; the values look like neither. */
function wordsOf(args: readonly string[]): readonly string[] {
  const words = args.slice(1, -1).filter((arg) => /^--?[a-zC]|^resume$|^fork$/.test(arg));
  return [...new Set(words.map((word) => word.replace(/=.*$/, '')))].toSorted();
}

test('what is asked of a build before a turn is exactly what a turn passes', () => {
  const args = execArguments({
    turn: { ...everything, nativeThreadId: id },
    cwd: '/CWD',
    lastMessageFile: '/LAST',
    forcedLogin: 'api',
    ownKeys: ['CODEX_API_KEY'],
  });
  expect(wordsOf(args)).toEqual([...neededExecWords].toSorted());
});

test('what only some turns need is exactly what those pass more', () => {
  const chosen = { forkOf: id, newWorktree: true, addDirs: ['/A'], outputSchema: '/SCHEMA', profile: 'PROFILE' };
  const more = wordsOf(execArguments({ ...run, turn: { ...plain, ...chosen } }));
  const usual = wordsOf(execArguments({ ...run, turn: plain }));
  expect(more.filter((word) => !usual.includes(word))).toEqual([...turnOptionWords].toSorted());
});

test('options stand before the word that names the thread; each folder has its own flag', () => {
  const chosen = { forkOf: id, addDirs: ['/A', '/B c'], outputSchema: '/SCHEMA', profile: 'PROFILE' };
  const args = execArguments({ ...run, turn: { ...plain, ...chosen } });
  expect(args.slice(-3)).toEqual(['fork', id, '-']);
  expect(args.join('\n')).toContain('--add-dir\n/A\n--add-dir\n/B c\n--output-schema\n/SCHEMA\n-p\nPROFILE');
});

test('a thread that is gone on with is not branched off again', () => {
  const args = execArguments({ ...run, turn: { ...plain, nativeThreadId: id, forkOf: id } });
  expect(args.slice(-3)).toEqual(['resume', id, '-']);
});
