import { expect, test } from 'vitest';
import { RpcError } from '../../runtime/app-server/rpc-error.ts';
import { editorTools } from './editor-tools.ts';
import { LaneRoom } from './testing/lane-room.ts';
import type { OpenThread } from './thread.ts';
import { openThread } from './thread.ts';

/** A server that refuses a thread with tools, with these words. */
async function begun(words: string | null) {
  const room = await LaneRoom.open();
  const asked: boolean[] = [];
  const heard: OpenThread[] = [];
  const request = async (
    _method: string,
    params: object,
    _read: unknown,
    options: { onAnswer: (answer: object) => void },
  ) => {
    asked.push('dynamicTools' in params);
    if (words !== null && 'dynamicTools' in params) {
      throw new RpcError({ kind: 'refused', code: -32600, data: null }, words);
    }
    options.onAnswer({ thread: { id: 'n' } });
  };
  const work = openThread({ request } as never, room.turnOf('hi'), {
    ...{ cwd: '/w', approvalPolicy: 'on-request', tools: editorTools, onOpen: (open) => heard.push(open) },
  });
  const end = await work.then(
    () => null,
    (error: Error) => error.message,
  );
  await room.close();
  return { asked, heard, end };
}

test('a build that takes no tools gets none, and says nothing of them', async () => {
  const { asked, heard, end } = await begun('Invalid request: unknown field `dynamicTools`');
  expect([asked, end]).toEqual([[true, false], null]);
  expect(heard).toMatchObject([{ how: 'new', offered: false }]);
});

test('another refusal is that of the thread', async () => {
  const { asked, end } = await begun('failed to load configuration');
  expect([asked, end]).toEqual([[true], 'failed to load configuration']);
});

test('a thread with tools says so', async () => {
  expect((await begun(null)).heard).toMatchObject([{ how: 'new', offered: true }]);
});
