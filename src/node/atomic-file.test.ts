import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomic } from './atomic-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanes-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('replaces the content, keeps nothing behind, and is readable by the owner alone', async () => {
  const path = join(folder, 'a.json');
  await writeFile(path, 'old', { mode: 0o644 });
  await writeFileAtomic(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a.json']);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a process killed between write and rename leaves the old file whole', async () => {
  const path = join(folder, 'a.json');
  await writeFile(path, 'old');
  const child = spawnSync(process.execPath, [
    '--input-type=module',
    '-e',
    `import fs from 'node:fs';
     import { syncBuiltinESMExports } from 'node:module';
     fs.promises.rename = () => process.kill(process.pid, 'SIGKILL');
     syncBuiltinESMExports();
     const { writeFileAtomic } = await import(${JSON.stringify(new URL('./atomic-file.ts', import.meta.url).href)});
     await writeFileAtomic(${JSON.stringify(path)}, 'new');`,
  ]);
  expect(child.signal).toBe('SIGKILL');
  expect(await readFile(path, 'utf8')).toBe('old');
  const [leftover] = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
  expect(await readFile(join(folder, leftover ?? ''), 'utf8')).toBe('new');
});

test('a write that fails leaves no temporary file', async () => {
  await expect(writeFileAtomic(join(folder, 'missing', 'a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  // A folder is in the way of the rename.
  await expect(writeFileAtomic(folder, 'x')).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});
