import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cases } from './testing/cases.ts';
import { PatchWorkspace } from './testing/workspace.ts';

const codex = join(import.meta.dirname, '../../../node_modules/.bin/codex');

/** What Codex 0.169 does otherwise, measured: each on purpose, for the reason given. */
const otherwise: Readonly<Record<string, string>> = {
  'anchors behind each other': 'its own instructions and grammar allow them, its parser does not',
  'an anchor repeated as the first line': 'models write it',
  'only added lines go below an anchor': 'Codex looks for the anchor, and then adds at the end of the file',
  'a move and nothing else': 'its grammar allows it, its parser does not',
  'blank lines of a patch': 'they mean nothing',
  'a patch in CRLF': 'Codex adds a line feed at the end',
  'mixed line ends stay': 'Codex gives the new line the line end of most',
  'no line feed at the end stays': 'Codex adds one',
  'below a last line without a line feed': 'Codex adds one',
  'a mark at the beginning stays': 'Codex takes it for a part of the first line',
  'a fence around it': 'models write it',
  'line numbers decide in Codex’s grammar, too': 'models write them',
  'an end of file without a hunk': 'it says nothing',
  'a file that is named twice': 'which part was written against which text is not known',
  'a new file that is there': 'Codex overwrites it',
  'a move onto a file': 'Codex overwrites it',
  'lines in several places': 'Codex takes the first',
  'a line in many places': 'Codex takes the first',
  'an anchor in several places': 'Codex takes the first',
  'an anchor in several places above added lines': 'Codex adds at the end of the file',
  'nothing changes': 'Codex says that it is done',
  'two files that do not fit': 'Codex leaves what it did before it failed',
  'no notebook any more': 'Codex does not know what a notebook is',
};

test.skipIf(!existsSync(codex) || process.platform === 'win32')(
  'the real Codex does the same with each patch in its grammar, but for what is listed',
  async () => {
    const differs: string[] = [];
    // A NUL can't be an argument.
    const all = cases.filter(({ patch }) => patch.includes('*** Begin Patch') && !patch.includes('\0'));
    for (const { name, files, patch } of all) {
      const [ours, theirs] = [await PatchWorkspace.open(files), await PatchWorkspace.open(files)];
      try {
        const { outcome } = await ours.run(patch);
        const env = { PATH: process.env.PATH, CODEX_HOME: theirs.outside('home') };
        const run = spawnSync(codex, ['--codex-run-as-apply-patch', patch], { cwd: theirs.cwd, env });
        const left = [await ours.all(), await theirs.all()].map((texts) => JSON.stringify(texts));
        if ((outcome.status === 'completed') !== (run.status === 0) || left[0] !== left[1]) differs.push(name);
      } finally {
        await ours.close();
        await theirs.close();
      }
    }
    expect(differs).toEqual(Object.keys(otherwise));
  },
  120_000,
);
