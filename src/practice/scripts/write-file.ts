import type { Script } from '../scene.ts';
import { can, finish, handsTied, outcome } from '../scene.ts';

/** `write: <path>`: adds that one file by a patch, wherever it lies, then says what came of it. */
export const writeFile: Script = (scene, match) => {
  const path = (match[1] ?? '').trim();
  if (!can(scene, 'patch')) return handsTied(scene, `write \`${path}\``);
  const patched = outcome(scene, 'patch');
  if (patched === null) {
    const patch = `*** Begin Patch\n*** Add File: ${path}\n+written by the practice endpoint\n*** End Patch\n`;
    return { thoughts: ['**Writing the file**'], words: '', moves: [{ label: 'patch', use: { do: 'patch', patch } }] };
  }
  return finish(patched.ok ? `Wrote \`${path}\`.` : `\`${path}\` was not written.`);
};
