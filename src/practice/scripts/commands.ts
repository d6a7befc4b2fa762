import { codeBlock, tail } from '../markdown.ts';
import type { Scene, Script, Step } from '../scene.ts';
import { can, finish, handsTied, outcome } from '../scene.ts';

/** `run: <command>`: that one command, then what came of it. */
export const runCommand: Script = (scene, match) => oneCommand(scene, (match[1] ?? '').trim());

/** `ask: <command>`: the same outside the sandbox, which a client that can ask its user asks about. */
export const askedCommand: Script = (scene, match) => {
  const command = (match[1] ?? '').trim();
  return oneCommand(scene, command, 'It has to leave the sandbox.');
};

/** `slow command`: long enough to be stopped. */
export const slowCommand: Script = (scene) => oneCommand(scene, scene.windows ? 'timeout /t 60 /nobreak' : 'sleep 60');

function oneCommand(scene: Scene, command: string, why?: string): Step {
  if (!can(scene, 'run')) return handsTied(scene, `run \`${command}\``);
  const ran = outcome(scene, 'run');
  if (ran === null) {
    return {
      thoughts: ['**Running the command**'],
      words: '',
      moves: [{ label: 'run', use: { do: 'run', command, ...(why === undefined ? {} : { why }) } }],
    };
  }
  const end = ran.exitCode === null ? (ran.ok ? 'ended' : 'did not run') : `ended with exit code ${ran.exitCode}`;
  const output = ran.text.trim() === '' ? 'It printed nothing.' : codeBlock('text', tail(ran.text, 40));
  return finish(`The command ${end}.\n\n${output}`);
}
