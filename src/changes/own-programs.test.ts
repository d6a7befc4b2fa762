import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { at, eachInItsOwnFolder, git, patience, repository, root, turn, work, write } from './testing/followed-turn.ts';

eachInItsOwnFolder();

/** A program that leaves a trace when somebody runs it. */
function trap(name = 'trap'): { readonly path: string; readonly sprung: () => boolean } {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\ntouch '${root}/${name}-sprung'\ncat\n`);
  chmodSync(path, 0o755);
  return { path, sprung: () => readdirSync(root).includes(`${name}-sprung`) };
}

describe.skipIf(process.platform === 'win32')('what a repository would have run', () => {
  beforeEach(repository);
  const dates = { path: 'clean.txt', kind: 'update' } as const;

  test('its own filters: what they would change is unknown, the rest is not', patience, async () => {
    const { path, sprung } = trap();
    for (const word of ['clean', 'smudge', 'process']) git(work, 'config', `filter.own.${word}`, path);
    write('.gitattributes', '*.txt filter=own\n');
    mkdirSync(at('src'));
    write('src/a.js', 'one\n');
    git(work, '-c', 'filter.own.process=', '-c', 'filter.own.clean=', 'add', 'src', '.gitattributes');
    git(work, '-c', 'filter.own.process=', '-c', 'filter.own.clean=', 'commit', '-qm', 'filtered');
    expect(sprung()).toBe(false);
    const { baselines } = await turn(() => {
      write('clean.txt', 'by Codex\n');
      write('src/a.js', 'two\n');
    }, [dates, { path: 'src/a.js', kind: 'update' }]);
    expect(baselines).toEqual([
      ['unknown', 'not-kept'],
      ['git', 'one\n'],
    ]);
    expect(sprung()).toBe(false);
  });

  test('a filter whose name would be read as another setting', patience, async () => {
    const { path, sprung } = trap();
    const off = ['-c', 'core.attributesFile=/dev/null'];
    write('.gitattributes', '*.txt filter=a=b\n');
    git(work, ...off, 'add', '.gitattributes');
    git(work, ...off, 'commit', '-qm', 'x');
    git(work, 'config', 'filter.a=b.clean', path);
    git(work, 'config', 'filter.a=b.smudge', path);
    const { baselines } = await turn(() => write('clean.txt', 'by Codex\n'), [dates]);
    expect(sprung()).toBe(false);
    expect(baselines).toEqual([['unknown', 'not-kept']]);
  });

  test('a difference program and a text conversion', patience, async () => {
    const { path, sprung } = trap();
    git(work, 'config', 'diff.external', path);
    git(work, 'config', 'diff.own.textconv', path);
    write('.gitattributes', '*.txt diff=own\n');
    const { changes } = await turn(() => write('clean.txt', 'by Codex\n'), [dates]);
    expect(changes[0]?.diff).toContain('+by Codex\n');
    expect(sprung()).toBe(false);
  });

  test('a repository that the folder for temporary files lies in', patience, async () => {
    const { path, sprung } = trap();
    vi.stubEnv('TMPDIR', root);
    git(root, 'init', '-q');
    git(root, 'config', 'filter.own.clean', path);
    writeFileSync(join(root, '.git/info/attributes'), '* filter=own\n');
    const { changes } = await turn(() => write('clean.txt', 'by Codex\n'), [dates]);
    vi.unstubAllEnvs();
    expect(changes[0]?.diff).toContain('+by Codex\n');
    expect(sprung()).toBe(false);
  });

  test('a bare repository that lies in the folder is none', patience, async () => {
    const { path, sprung } = trap();
    const bare = at('docs');
    mkdirSync(bare);
    git(bare, 'init', '-q', '--bare');
    git(bare, 'config', 'core.bare', 'false');
    git(bare, 'config', 'core.worktree', work);
    git(bare, 'config', 'filter.own.clean', path);
    const { baselines } = await turn(
      () => writeFileSync(join(bare, 'new.txt'), 'x'),
      [{ path: 'new.txt', kind: 'add' }],
      {
        cwd: bare,
      },
    );
    expect(baselines).toEqual([['unknown', 'no-repository']]);
    expect(sprung()).toBe(false);
  });

  test('a repository that the turn puts in place of its own is not asked', patience, async () => {
    const { path, sprung } = trap();
    const { unsaid } = await turn(
      () => {
        write('sub dir/ü.txt', 'by a command\n');
        git(at('sub dir'), 'init', '-q');
        git(at('sub dir'), 'config', 'filter.own.clean', path);
        write('sub dir/.gitattributes', '* filter=own\n');
      },
      [],
      { cwd: at('sub dir') },
    );
    expect(sprung()).toBe(false);
    // What lies in another repository is that one's.
    expect(unsaid).toEqual([]);
  });
});
