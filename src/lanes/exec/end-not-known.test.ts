import { expect, test, vi } from 'vitest';
import { ExecRoom } from './testing/exec-room.ts';

vi.mock('../../node/index.ts', async (original) => {
  const real = await original<typeof import('../../node/index.ts')>();
  return {
    ...real,
    spawnChild: (options: Parameters<typeof real.spawnChild>[0]) => {
      const child = real.spawnChild(options);
      return { ...child, ended: child.ended.then((end) => ({ ...end, proven: false })) };
    },
  };
});

test.skipIf(process.platform === 'win32')(
  'that nobody knows what of a turn still runs is a warning of it',
  async () => {
    const room = await ExecRoom.open();
    const program = room.fake(`process.stdin.resume().on('end', () => {
    console.log(JSON.stringify({ type: 'thread.started', thread_id: '01a1fbda-0000-7000-8000-000000000000' }));
    console.log(JSON.stringify({ type: 'turn.completed' })); });`);
    const { end, events } = await room.run('x', {
      program,
      settings: { codexPath: { value: process.execPath, source: 'test' } },
    });
    expect(end.outcome).toBe('completed');
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'warning', source: 'process', code: 'end_not_known' }),
    );
    await room.close();
  },
);
