import type { Outcome } from '../outcome.ts';
import type { Move, Scene } from '../scene.ts';
import { can } from '../scene.ts';

/** Reads a file with the client's reader, or with a command where it has none. `path` must be safe for a shell. */
export function readMove(scene: Scene, path: string): Move {
  if (can(scene, 'read')) return { label: 'read', use: { do: 'read', path } };
  const command = scene.windows ? `type ${path.replaceAll('/', '\\')}` : `cat ${path}`;
  return { label: 'read', use: { do: 'run', command } };
}

/** The file's text; readers that number every line, below a line that names the file, are undone. */
export function readSource(read: Outcome): string {
  const all = read.text.replace(/\n$/, '').split('\n');
  const lines = / lines \d+-\d+ of \d+/.test(all[0] ?? '') ? all.slice(1) : all;
  const bare = lines.map((line) => /^\s*\d+(?:\t|: ?|\| ?)(.*)$/.exec(line)?.[1]);
  return (bare.every((line) => line !== undefined) ? bare : lines).join('\n');
}
