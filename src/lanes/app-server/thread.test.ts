import { afterEach, beforeEach, expect, test } from 'vitest';
import { serverProgram } from '../../runtime/index.ts';
import { createEditorTools } from '../../tools/index.ts';
import { dynamicTools } from './live-tools.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';
import type { OpenOptions, OpenThread } from './thread.ts';
import { openThread } from './thread.ts';

const tools = dynamicTools(createEditorTools(() => null));
let room: LaneRoom;
beforeEach(async () => {
  room = await LaneRoom.open();
});
afterEach(() => room.close());

/** A new thread of the real program, begun with these tools. */
async function begun(tools: OpenOptions['tools'], cwd = room.work): Promise<readonly OpenThread[]> {
  const program = serverProgram(await room.resolve());
  if (program === null) throw new Error('the pinned Codex is not installed');
  const lease = await room.lane().server.lease(program);
  const heard: OpenThread[] = [];
  const onOpen = (open: OpenThread): void => void heard.push(open);
  try {
    await openThread(lease, room.turnOf('hi'), { cwd, approvalPolicy: 'on-request', tools, onOpen });
  } finally {
    lease.release();
  }
  return heard;
}

const real = test.skipIf(realCodex === null);

real('a build that knows no tools of this shape gets none, and the thread begins all the same', async () => {
  // As ours would look to a build of another time.
  const ofTomorrow = [{ type: 'ofTomorrow', name: 'x' }] as unknown as OpenOptions['tools'];
  expect(await begun(ofTomorrow)).toMatchObject([{ how: 'new', offered: false }]);
});

real('with ours it says that it has them', async () => {
  expect(await begun(tools)).toMatchObject([{ how: 'new', offered: true }]);
});

real('without any it says nothing', async () => {
  expect(await begun(null)).toMatchObject([{ how: 'new', offered: false }]);
});
