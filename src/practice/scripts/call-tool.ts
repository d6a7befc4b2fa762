import { codeBlock, tail } from '../markdown.ts';
import type { Script } from '../scene.ts';
import { finish, handsTied, outcome } from '../scene.ts';

/** `tool: <name> <JSON>`: that one function of the client's, then what came of it. */
export const callTool: Script = (scene, match) => {
  const [, name = '', given = '{}'] = match;
  // What looks at the editor changes nothing, wherever that is.
  const tied = scene.tied !== null && !name.startsWith('editor_');
  if (tied || !scene.asked.tools.some((tool) => tool.name === name)) {
    return handsTied(scene, `call \`${name}\``);
  }
  const called = outcome(scene, 'tool');
  if (called === null) {
    return { thoughts: [], words: '', moves: [{ label: 'tool', use: { do: 'call', name, arguments: given } }] };
  }
  return finish(`\`${name}\` answered:\n\n${codeBlock('text', tail(called.text, 40))}`);
};
