import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesOf, captureNames, metaOf, runCapture } from './testing/capture.ts';

const golden = new URL('../../../test/golden/exec/', import.meta.url);

describe('captures of the real binary', () => {
  test('are there, each with its golden file and no golden file without one', () => {
    expect(captureNames.length).toBeGreaterThan(60);
    const recorded = readdirSync(golden).map((name) => name.replace(/\.json$/, ''));
    expect(recorded.toSorted()).toEqual(captureNames);
  });

  test.each(captureNames)('%s', async (name) => {
    const { events, end } = runCapture(name, metaOf(name), [bytesOf(name)]);
    await expect(`${JSON.stringify({ events, end }, null, 2)}\n`).toMatchFileSnapshot(
      new URL(`${name}.json`, golden).pathname,
    );
  });
});
