// What a patch of a file of 10,000 lines takes: the whole call of `apply_patch`, from the patch as the model wrote it to the
// new file on the disk, beside reading the same file, replacing the same lines in its text and writing it the same way
// (a new file beside it, synced, renamed), which knows beforehand where the lines are. The Codex program's own patch command
// is timed in the same run, its start included. Each patch is undone by the next.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyHunks } from '../../src/tools/patch/apply.ts';
import { applyPatchTool } from '../../src/tools/patch/index.ts';
import { parsePatch } from '../../src/tools/patch/parse.ts';
import { plainFiles } from '../../src/tools/plain-files.ts';
import { projectCodex } from '../tools/platform.mjs';
import { measureInPairs, median } from './interleaved.mjs';

export const name = 'patch';

const goals = { extra: 50 };
const lineCount = 10_000;
const hunkCount = 20;

export async function run({ short }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-patch-')));
  try {
    const lines = Array.from({ length: lineCount }, (_, index) => lineOf(index));
    const file = join(folder, 'large.ts');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const states = [
      { patch: patchOf(lines, '', ' // changed'), from: '', to: ' // changed' },
      { patch: patchOf(lines, ' // changed', ''), from: ' // changed', to: '' },
    ];
    const text = await readFile(file, 'utf8');
    const engine = [];
    let turn = 0;
    const next = () => states[turn++ % 2];
    const tool = applyPatchTool({
      ...{ cwd: folder, policy: 'auto-edit', addDirs: [], editor: null, ripgrep: async () => null },
      files: plainFiles(),
    });
    const { ours, bare, extra, interval } = await measureInPairs({
      ours: () => timed(() => patched(tool, next().patch)),
      bare: () => timed(() => replaced(file, lines, next())),
      pairs: short ? 8 : 60,
      warmUp: 3,
      onPair: () => engine.push(applied(states[0].patch, text)),
    });
    const codex = projectCodex();
    const program = [];
    for (let index = 0; codex !== undefined && index < 5; index += 1) {
      program.push(
        await timed(async () => execFileSync(codex, ['--codex-run-as-apply-patch', next().patch], { cwd: folder })),
      );
    }
    const made = `${lineCount} lines, ${hunkCount} hunks`;
    return [
      {
        metric: 'a patch: more than replacing known lines',
        value: extra,
        unit: 'ms',
        goal: goals.extra,
        interval,
        note: made,
      },
      { metric: 'a patch, from the call to the disk', value: ours, unit: 'ms', baseline: bare, ratio: ours / bare },
      { metric: 'of it: reading the patch and applying it', value: median(engine), unit: 'ms' },
      program.length === 0
        ? {
            metric: 'the same patch by the Codex program',
            value: undefined,
            unit: 'ms',
            note: 'no Codex for this platform',
          }
        : { metric: 'the same patch by the Codex program, its start included', value: median(program), unit: 'ms' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines repeat, as code does, so that a place is found by its context. */
function lineOf(index) {
  return index % 10 === 5 ? `export function f${index}() {` : `  return value + ${index % 7};`;
}

const every = lineCount / hunkCount;

function patchOf(lines, from, to) {
  const hunks = Array.from({ length: hunkCount }, (_, hunk) => {
    const at = hunk * every + 15;
    const around = (first, last) => lines.slice(first, last).map((line) => ` ${line}`);
    return ['@@', ...around(at - 3, at), `-${lines[at]}${from}`, `+${lines[at]}${to}`, ...around(at + 1, at + 4)];
  });
  return ['*** Begin Patch', '*** Update File: large.ts', ...hunks.flat(), '*** End Patch', ''].join('\n');
}

async function patched(tool, patch) {
  const nobody = () => Promise.reject(new Error('asked'));
  const outcome = await tool.run(
    { input: patch },
    { itemId: 'item', name: 'apply_patch', input: '' },
    {
      emit: () => {},
      approvals: { ask: nobody, fill: nobody },
      beforeChange: async () => {},
      signal: new AbortController().signal,
    },
  );
  if (outcome.status !== 'completed') throw new Error(outcome.parts[0].text);
}

async function replaced(file, lines, { from, to }) {
  const all = (await readFile(file, 'utf8')).split('\n');
  for (let hunk = 0; hunk < hunkCount; hunk += 1) {
    const at = hunk * every + 15;
    if (all[at] !== `${lines[at]}${from}`) throw new Error('another file');
    all[at] = `${lines[at]}${to}`;
  }
  const handle = await open(`${file}.tmp`, 'wx');
  try {
    await handle.writeFile(all.join('\n'));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
}

function applied(patch, text) {
  const start = performance.now();
  const parsed = parsePatch(patch);
  if (!parsed.ok || !applyHunks(text, parsed.files[0].hunks).ok) throw new Error('the patch does not fit');
  return performance.now() - start;
}

async function timed(act) {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
