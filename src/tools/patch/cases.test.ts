import { expect, test } from 'vitest';
import { cases } from './testing/cases.ts';
import { PatchWorkspace } from './testing/workspace.ts';

const shown = (text: string): string =>
  text.replaceAll('\r', '␍').replaceAll('\uFEFF', '⟨mark⟩').replaceAll('\0', '␀').replaceAll('\u001b', '␛');

test('what the model is told of each patch, and what it leaves on the disk', async () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  const parts: string[] = [];
  for (const { name, files, patch } of cases) {
    const workspace = await PatchWorkspace.open(files);
    try {
      const { text, outcome, events } = await workspace.run(patch);
      const after = await workspace.all();
      if (outcome.status === 'failed') expect(after, name).toEqual(files);
      else expect(after, name).not.toEqual(files);
      expect(events.at(-1), name).toMatchObject({ phase: 'completed', status: outcome.status });
      const changed = Object.entries(after).filter(([path, now]) => files[path] !== now);
      const left = changed.map(([path, now]) => `--- ${path}\n${now}${now.endsWith('\n') ? '' : '⟨no line feed⟩\n'}`);
      const told = [`# ${name}`, patch.replace(/\n+$/, ''), `=> ${outcome.status}`, text, ...left];
      parts.push(shown(told.join('\n')).trimEnd());
    } finally {
      await workspace.close();
    }
  }
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('testing/cases.golden.txt');
});
