import { expect, test } from 'vitest';
import { shownPath } from './shown-path.ts';

test.each([
  ['/w/src/a.ts', ['/w'], 'src/a.ts'],
  ['/w/src/a.ts', ['/w/'], 'src/a.ts'],
  ['C:\\w\\a.ts', ['C:\\w'], 'a.ts'],
  ['/www/a.ts', ['/w'], '/www/a.ts'],
  ['/w', ['/w'], '/w'],
  ['src/a.ts', ['/w'], 'src/a.ts'],
  ['/elsewhere/a.ts', [], '/elsewhere/a.ts'],
  ['/home/me/.codex/worktrees/a1/w/src/a.ts', ['/home/me/.codex/worktrees/a1/w', '/w'], 'src/a.ts'],
  ['/w/src/a.ts', ['/home/me/.codex/worktrees/a1/w', '/w'], 'src/a.ts'],
])('%s in %s', (path, folders, shown) => {
  expect(shownPath(path, folders)).toBe(shown);
});
