import type { Script } from '../scene.ts';
import { can, concluded, handsTied, outcome, planned } from '../scene.ts';

const PLAN = ['Find every use', 'Rename them'];

interface Hit {
  readonly path: string;
  readonly line: string;
}

/** Finds a name, replaces it wherever it is a whole word. Groups 1 and 2 of the match are the old and the new name. */
export const rename: Script = (scene, match) => {
  const [, from = '', to = ''] = match;
  if (!can(scene, 'run') || !can(scene, 'patch')) return handsTied(scene, `rename \`${from}\` to \`${to}\``);
  const found = outcome(scene, 'find');
  if (found === null) {
    return planned(scene, PLAN, 0, {
      thoughts: [`**Finding ${from}**\n\nEvery use must change in one go, or the project breaks.`],
      words: `I'll look for \`${from}\`.`,
      moves: [{ label: 'find', use: { do: 'run', command: findCommand(from, scene.windows) } }],
    });
  }
  const hits = readHits(found.text, from);
  const files = [...new Set(hits.map((hit) => hit.path))];
  if (hits.length === 0)
    return concluded(scene, PLAN, `I found no \`${from}\` in this folder, so there is nothing to rename.`);
  const patched = outcome(scene, 'patch');
  if (patched === null) {
    return planned(scene, PLAN, 1, {
      thoughts: [`**Renaming**\n\n${hits.length} lines in ${files.length} files.`],
      words: `\`${from}\` is on ${hits.length} lines in ${files.length} files. I rename them in one patch.`,
      moves: [{ label: 'patch', use: { do: 'patch', patch: renamePatch(hits, files, from, to) } }],
    });
  }
  if (!patched.ok) return concluded(scene, PLAN, 'The patch was not applied, so nothing is renamed.');
  const listed = files.map((path) => `- \`${path}\``).join('\n');
  return concluded(scene, PLAN, `Renamed \`${from}\` to \`${to}\` in:\n\n${listed}`);
};

function findCommand(name: string, windows: boolean): string {
  // findstr works in PowerShell and in cmd alike; it does not know whole words, so the reader checks again.
  if (windows) return `findstr /S /N /C:"${name}" *.js *.md`;
  return `grep -rnw --include='*.js' --include='*.md' --exclude-dir=node_modules '${name}' .`;
}

function readHits(output: string, name: string): readonly Hit[] {
  const hits = output.split('\n').flatMap((row): Hit[] => {
    const found = /^(?:\.[\\/])?([^:]+):\d+:(.*)$/.exec(row);
    const [, path = '', line = ''] = found ?? [];
    return found !== null && wholeWord(name).test(line) ? [{ path: path.replaceAll('\\', '/'), line }] : [];
  });
  // The order in which grep visits files differs between machines; within a file the order of lines must stay.
  return hits.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function wholeWord(name: string): RegExp {
  return new RegExp(`\\b${name}\\b`, 'g');
}

function renamePatch(hits: readonly Hit[], files: readonly string[], from: string, to: string): string {
  const hunks = files.flatMap((path) => [
    `*** Update File: ${path}`,
    ...hits
      .filter((hit) => hit.path === path)
      .flatMap(({ line }) => ['@@', `-${line}`, `+${line.replace(wholeWord(from), to)}`]),
  ]);
  return ['*** Begin Patch', ...hunks, '*** End Patch', ''].join('\n');
}
