import { expect, test } from 'vitest';
import type { LaneBody } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import { WorktreeNotice } from './worktree-notice.ts';

test('a record that is not there is looked for now and then, whatever comes on the stream, and once more at the end', async () => {
  const nothing = (): void => undefined;
  const told: LaneBody[] = [];
  let now = 0;
  let looks = 0;
  const notice = new WorktreeNotice({
    runtime: {
      get codexHome(): string {
        looks += 1;
        return '/nowhere';
      },
      env: {},
    },
    origin: '/w',
    clock: { monotonic: () => now },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const thread = nativeThreadId('01a1fbda-0000-7000-8000-000000000000');
  const tell = (bodies: readonly LaneBody[]): void => void told.push(...bodies);
  // A minute of a busy stream.
  for (; now < 60_000; now += 5) {
    notice.look(thread, tell);
    await new Promise((done) => setImmediate(done));
  }
  expect(looks).toBeGreaterThan(5);
  expect(looks).toBeLessThan(20);
  const before = looks;
  await notice.last(thread, tell);
  expect(looks).toBe(before + 1);
  expect(told).toMatchObject([{ kind: 'warning', code: 'worktree_unknown' }]);
});
