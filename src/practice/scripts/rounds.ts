import type { Move, Scene, Script } from '../scene.ts';
import { can, finish, handsTied } from '../scene.ts';
import { readMove } from './read-file.ts';

const LABEL = 'round';

/** `endless tools`: one call in each answer, for ever. */
export const endlessTools: Script = (scene) => rounds(scene, Number.POSITIVE_INFINITY);

/** `rounds: <n>`: one call in each of that many answers, then words. */
export const countedRounds: Script = (scene, match) => rounds(scene, Number(match[1]));

function rounds(scene: Scene, wanted: number): ReturnType<Script> {
  const done = scene.asked.calls.filter(({ label }) => label === LABEL).length;
  if (done >= wanted) return finish(`${done} rounds are done.`);
  const move = harmless(scene, done + 1);
  return move === null ? handsTied(scene, 'call a tool again and again') : { thoughts: [], words: '', moves: [move] };
}

/** What a client lets be done without asking, where it has such a thing. */
function harmless(scene: Scene, round: number): Move | null {
  if (can(scene, 'plan')) {
    const steps = [{ step: `Round ${round}`, status: 'in_progress' as const }];
    return { label: LABEL, use: { do: 'plan', steps } };
  }
  if (can(scene, 'read')) return { label: LABEL, use: { do: 'read', path: 'README.md' } };
  return can(scene, 'run') ? { label: LABEL, use: { do: 'run', command: `echo round ${round}` } } : null;
}

const FILES = { first: 'README.md', second: 'src/dates.js', third: 'src/calendar.js' } as const;

/** `many calls`: three files read in one answer. */
export const manyCalls: Script = (scene) => {
  if (!can(scene, 'read') && !can(scene, 'run')) return handsTied(scene, 'read three files at once');
  const answers = scene.asked.calls.filter(({ label }) => label in FILES);
  if (answers.length === 0) {
    const moves = Object.entries(FILES).map(([label, path]) => ({ ...readMove(scene, path), label }));
    return { thoughts: ['**Reading three files at once**'], words: '', moves };
  }
  return finish(`${answers.length} calls of one answer came back: ${answers.map(({ label }) => label).join(', ')}.`);
};
