import { practiceCanName, practicePrompts } from '../../model/index.ts';
import type { Translate } from '../translate.ts';
import type { FolderFacts } from './folder-facts.ts';

/** What a first prompt can be made of. */
export type Grounds = {
  /** The lane runs commands in the folder; one that does not is sent the prompt's words and nothing else. */
  readonly looksIn: boolean;
  readonly practice: boolean;
  /** Native may change files. */
  readonly canWrite: boolean;
  /** Null = no folder is open, or nobody looked yet. */
  readonly folder: FolderFacts | null;
  readonly hasFolder: boolean;
  /** Paths within the folder. */
  readonly openFile: string | null;
  readonly brokenFile: string | null;
  /** The folder has changes that are not committed. */
  readonly changed: boolean;
};

const shown = 3;

/** The prompts to begin with: what fits the folder best comes first, and nothing that the lane can not do. */
export function promptsFor(grounds: Grounds, t: Translate): readonly string[] {
  const native = grounds.looksIn && grounds.hasFolder;
  const prompts = grounds.practice
    ? practiceOnes(grounds, native, t)
    : native
      ? nativeOnes(grounds, t)
      : apiOnes(grounds.folder, t);
  return prompts.filter((prompt) => prompt !== null).slice(0, shown);
}

function practiceOnes({ folder, openFile }: Grounds, native: boolean, t: Translate): readonly (string | null)[] {
  const anywhere = [t('What can you do here?'), practicePrompts.longAnswer, practicePrompts.hello];
  if (!native) return anywhere;
  const file = [openFile, folder?.isSample ? 'src/dates.js' : null, folder?.readme ?? null].find(
    (path) => path !== null && practiceCanName(path),
  );
  return [
    file === undefined || file === null ? null : practicePrompts.explain(file),
    folder?.isSample ? practicePrompts.addTest : null,
    folder?.testTool === 'node:test' ? practicePrompts.runTests : null,
    ...anywhere,
  ];
}

function nativeOnes(grounds: Grounds, t: Translate): readonly (string | null)[] {
  const { folder, openFile, brokenFile, changed, canWrite } = grounds;
  const fix = canWrite
    ? t('Fix the errors in {0}', brokenFile ?? '')
    : t('Explain the errors in {0}', brokenFile ?? '');
  const tests =
    folder?.testCommand == null
      ? null
      : canWrite
        ? t('Run the tests with {0} and fix what fails', folder.testCommand)
        : t('Run the tests with {0} and say what fails', folder.testCommand);
  return [
    brokenFile === null ? null : fix,
    openFile === null || openFile === brokenFile ? null : t('Explain {0}', openFile),
    changed ? t('Review my changes that are not committed') : null,
    tests,
    folder?.readme == null ? null : t('Does {0} still fit the code?', folder.readme),
    folder?.manifest == null ? null : t('What does this project depend on, going by {0}?', folder.manifest),
    t('What is in this folder?'),
    canWrite ? t('Write a README for this folder') : null,
    t('Where would you begin to read here?'),
  ];
}

function apiOnes(folder: FolderFacts | null, t: Translate): readonly (string | null)[] {
  return [
    folder?.testTool == null ? null : t('Show me how to test an asynchronous function with {0}', folder.testTool),
    folder?.manifest == null ? null : t('Which parts of {0} matter most, and what are they for?', folder.manifest),
    t('Review the code that I paste next'),
    t('When is a rebase better than a merge?'),
    t('Write a regular expression for dates like 2026-01-31'),
  ];
}
