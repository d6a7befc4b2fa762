import type { BinaryCandidate, BinaryProblem } from '../../model/index.ts';
import type { Translate } from '../translate.ts';

/** One place where Codex was looked for, as a row of a picker. */
export type CandidateRow = {
  readonly path: string;
  /** Why it can't be used, in one sentence; null = it can. */
  readonly refusal: string | null;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
};

/** @param inUse path of the program that turns run on now, or null */
export function candidateRow(candidate: BinaryCandidate, inUse: string | null, t: Translate): CandidateRow {
  const { path, outcome } = candidate;
  const input = candidate.source === 'managed' ? t('installed by this extension') : candidate.input;
  if (outcome.kind === 'unusable') {
    const problem = problemWords(outcome.problem, t);
    // The detail goes on from the path: `is a folder`, `did not answer …`.
    const refusal =
      outcome.detail === '' ? t('{0} can not be used: {1}.', path, problem) : `${path} ${outcome.detail}.`;
    const label = t('Not usable: {0}', problem);
    return { path, refusal, label: `$(circle-slash) ${label}`, description: input, detail: path };
  }
  const { version, path: program } = outcome.identity;
  const used = program === inUse ? t('in use') : '';
  const behind = program === path ? '' : t('starts {0}', program);
  return {
    path,
    refusal: null,
    label: `$(terminal) ${version}`,
    description: [input, used].filter(Boolean).join(' · '),
    // Last, with a line of its own: a path may be long.
    detail: [path, behind].filter(Boolean).join(' · '),
  };
}

function problemWords(problem: BinaryProblem, t: Translate): string {
  switch (problem) {
    case 'not-found':
      return t('there is no such file');
    case 'is-folder':
      return t('it is a folder');
    case 'not-executable':
      return t('it is not executable');
    case 'incomplete':
      return t('the program behind the npm launcher is missing');
    case 'no-answer':
      return t('it did not say its version in time');
    case 'not-codex':
      return t('it does not answer as Codex does');
  }
}
