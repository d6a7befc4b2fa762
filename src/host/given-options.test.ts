import { expect, test } from 'vitest';
import { givenOptions } from './given-options.ts';

test.each([
  [{ model: 'gpt-5.5' }],
  [{ model: null, effort: 'high', profile: 'fast', ephemeral: true, worktree: false }],
  [{ addDirs: ['/srv/a', 'C:\\a'], outputSchema: '/w/schema.json' }],
])('%j is taken', (given) => expect(givenOptions(given)).toEqual(given));

test.each([
  [undefined],
  [null],
  ['gpt-5.5'],
  [{}],
  [[{ model: 'a' }]],
  [{ model: '' }],
  [{ model: 'a\nb' }],
  [{ model: 5 }],
  [{ modell: 'a' }],
  [{ model: 'a', constructor: true }],
  [{ profile: './fast' }],
  [{ addDirs: 'a' }],
  [{ addDirs: ['a'] }],
  [{ outputSchema: 'schema.json' }],
  [{ ephemeral: 'yes' }],
  [{ worktree: null }],
])('%j is not', (given) => expect(givenOptions(given)).toBeNull());
