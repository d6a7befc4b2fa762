import type { FileChange } from '../../model/index.ts';
import type { Done } from './do-step.ts';
import type { Step } from './prepare.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Longest difference of one file that goes into the log, in characters: the editor's own view shows any. */
const longestDiff = 256 * 1024;
/** Longest difference that a model is told of what a formatter did, in characters. */
const longestNote = 4000;

/** The differences go to the model again with the next turn: of what it may not read unasked, the changed lines alone. */
const contextOf = (step: Step): number => (step.kind !== 'add' && step.before.isShut ? 0 : 3);

/** A step as the page shows it. @param text what stands there when it is done */
export function changeOf(step: Step, text: string | null): FileChange {
  const { at, kind } = step;
  const [path, movedFrom] = [at.real, kind === 'move' ? { movedFrom: step.from.real } : {}];
  const sides = {
    ...{ path: at.name, before: kind === 'add' ? null : step.before.text, after: text },
    ...(kind === 'move' ? { movedFrom: step.from.name } : {}),
  };
  const diff = unifiedDiff(sides, contextOf(step));
  return { path, kind, ...movedFrom, ...(diff === '' || diff.length > longestDiff ? {} : { diff }) };
}

/** What a step leaves when all goes as planned; null = no file. */
export function plannedText(step: Step): string | null {
  return step.kind === 'delete' ? null : step.after;
}

const letters = { add: 'A', update: 'M', delete: 'D', move: 'R' } as const;

export type Told = { readonly step: Step; readonly done: Done };

/** What the model is told, file by file. */
export function wordsOf(all: readonly Told[]): string {
  const made = all.filter(({ done }) => done.ok);
  const failed = all.flatMap(({ step, done }) => (done.ok ? [] : [`${nameOf(step)}: ${done.words}`]));
  const lines = made.map(({ step }) => `${letters[step.kind]} ${nameOf(step)}`);
  const notes = made.flatMap(({ step, done }) => (done.ok ? noteOf(step, done) : []));
  if (failed.length === 0) return ['Success. Updated the following files:', ...lines, ...notes].join('\n');
  if (made.length === 0) return ['Nothing was changed.', ...failed].join('\n');
  return ['Only a part was done. Updated the following files:', ...lines, ...notes, 'Not changed:', ...failed].join(
    '\n',
  );
}

function nameOf(step: Step): string {
  return step.kind === 'move' ? `${step.from.name} -> ${step.at.name}` : step.at.name;
}

function noteOf(step: Step, { text, isUnsaved }: Extract<Done, { readonly ok: true }>): readonly string[] {
  const { name } = step.at;
  const unsaved = `${name}: it stands in the editor and is not saved, since the user has changes there that are not saved.`;
  const planned = plannedText(step);
  const diff = planned === text ? '' : unifiedDiff({ path: name, before: planned, after: text }, contextOf(step));
  const rest = diff.length > longestNote ? `${diff.slice(0, longestNote)}\n(more is left out)` : diff.trimEnd();
  const formatted = `${name}: the editor changed it as it was saved. What stands there now differs from the patch:\n${rest}`;
  return [...(isUnsaved ? [unsaved] : []), ...(diff === '' ? [] : [formatted])];
}
