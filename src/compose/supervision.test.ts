import { expect, test, vi } from 'vitest';
import { superviseProcesses } from './supervision.ts';

test('closing gives up in less than the 5 s that VS Code gives, and says so', async () => {
  vi.useFakeTimers();
  try {
    const said: string[] = [];
    const quiet = (): void => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: (line: string) => void said.push(line) };
    const supervision = superviseProcesses(null, 'a test', log);
    let closed = false;
    const closing = supervision.close(new Promise(() => undefined)).then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(3900);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(900);
    expect(closed).toBe(true);
    await closing;
    expect(said).toEqual(['the turns that run did not end in time']);
  } finally {
    vi.useRealTimers();
  }
});
