import { expect, test } from 'vitest';
import { nativeThreadId } from '../../model/index.ts';
import { neededExecWords } from '../../runtime/index.ts';
import { execArguments } from './args.ts';

test('what is asked of a build before a turn is exactly what a turn passes', () => {
  const args = execArguments({
    turn: {
      nativeThreadId: nativeThreadId('01a1fbd6-5dea-7941-804d-602670768ee0'),
      attachments: [{ kind: 'image', path: '/IMAGE', label: 'image' }],
      model: 'MODEL',
      effort: 'high',
      sandbox: 'read-only',
      ephemeral: true,
      allowNonGit: true,
    },
    cwd: '/CWD',
    lastMessageFile: '/LAST',
    forcedLogin: 'api',
    ownKeys: ['CODEX_API_KEY'],
  });
  // The first is `exec`, the last stdin; the values look like neither.
  const words = args.slice(1, -1).filter((arg) => /^--?[a-zC]|^resume$/.test(arg));
  const names = words.map((word) => word.replace(/=.*$/, ''));
  expect([...new Set(names)].toSorted()).toEqual([...neededExecWords].toSorted());
});
