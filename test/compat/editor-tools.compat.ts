import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LaneRoom } from '../../src/lanes/app-server/testing/lane-room.ts';

type Build = { readonly version: string; readonly program: string };

const builds = JSON.parse(process.env.CODEX_LANES_COMPAT ?? '[]') as readonly Build[];

describe.each(builds)('the editor’s tools with Codex $version', ({ program }) => {
  let room: LaneRoom;
  beforeAll(async () => {
    room = await LaneRoom.open({
      settings: { codexPath: { value: program, source: 'test' } },
      editor: () => ({
        problems: async () => [],
        openEditors: async () => [{ path: join(room.work, 'a.ts'), isActive: true, isDirty: false }],
        selection: async () => null,
      }),
    });
  });
  afterAll(() => room.close());

  test('a thread begins with them, says so, and the model uses them', async () => {
    const { run } = room.lane();
    const turn = run('tool: editor_open_files');
    expect(await turn.end).toMatchObject({ outcome: 'completed' });
    expect(turn.text()).toContain('a.ts (active)');
    expect(turn.events.filter((event) => event.kind === 'system_notice')).toMatchObject([{ code: 'editor_tools' }]);
    expect(turn.events.filter(({ kind }) => kind === 'unsupported_raw_event')).toEqual([]);
  });
});
