import { codeBlock } from '../markdown.ts';
import type { Script } from '../scene.ts';
import { can, finish, handsTied, outcome } from '../scene.ts';
import { readMove, readSource } from './read-file.ts';

const DEFAULT_PATH = 'src/dates.js';

/** Reads one file and says what is in it. */
export const explain: Script = (scene, match) => {
  const path = pathIn(match.input) ?? DEFAULT_PATH;
  if (!can(scene, 'read') && !can(scene, 'run')) return handsTied(scene, `read \`${path}\` and explain it`);
  const read = outcome(scene, 'read');
  if (read === null) {
    return {
      thoughts: [`**Reading the file**\n\nI should look at ${path} before I say anything about it.`],
      words: `I'll read \`${path}\`.`,
      moves: [readMove(scene, path)],
    };
  }
  if (!read.ok) return finish(`I could not read \`${path}\`.\n\n${codeBlock('text', read.text)}`);
  return finish(explanation(path, readSource(read)), '**Summing up**\n\nExports first, then what it needs.');
};

/** A relative path in a prompt; only characters that no shell gives a meaning to, and no way out of the folder. */
function pathIn(prompt: string): string | null {
  const found = /(?:^|[\s`'"(])((?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.[a-z]{1,5})(?=$|[\s`'",.;:)?!])/i.exec(prompt)?.[1];
  return found === undefined || found.startsWith('-') || found.includes('..') ? null : found;
}

function explanation(path: string, source: string): string {
  const exported = [
    ...source.matchAll(/(?:\/\*\* (.+?) \*\/\n)?export (?:async )?(?:function|const|class) (\w+)(\([^)]*\))?/g),
  ].map(([, doc, name, parameters]) => `- \`${name}${parameters ?? ''}\`${doc === undefined ? '' : `: ${doc}`}`);
  const imports = [...source.matchAll(/^import .* from '([^']+)'/gm)].map((found) => `\`${found[1]}\``);
  const lines = source === '' ? 0 : source.split('\n').length;
  return [
    `### \`${path}\``,
    `${lines} lines. ${imports.length === 0 ? 'It imports nothing.' : `It imports ${imports.join(', ')}.`}`,
    exported.length === 0 ? 'It exports nothing.' : `It exports:\n\n${exported.join('\n')}`,
    `It begins like this:\n\n${codeBlock(/\.[cm]?js$/.test(path) ? 'js' : 'text', source.split('\n').slice(0, 5).join('\n'))}`,
  ].join('\n\n');
}
