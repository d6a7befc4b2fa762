import type { BaselineGap, BaselineGrade } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';

const grades = {
  exact: () => t('gradeExact'),
  git: () => t('gradeGit'),
  copied: () => t('gradeCopied'),
  reconstructed: () => t('gradeReconstructed'),
} as const satisfies Record<Exclude<BaselineGrade, 'unknown'>, () => string>;

const gaps: Readonly<Record<BaselineGap, () => string>> = {
  untrusted: () => t('gapUntrusted'),
  'no-git': () => t('gapNoGit'),
  'no-repository': () => t('gapNoRepository'),
  'other-repository': () => t('gapOtherRepository'),
  outside: () => t('gapOutside'),
  ignored: () => t('gapIgnored'),
  link: () => t('gapLink'),
  'too-large': () => t('gapTooLarge'),
  'too-many': () => t('gapTooMany'),
  'too-slow': () => t('gapTooSlow'),
  'changed-before': () => t('gapChangedBefore'),
  'not-kept': () => t('gapNotKept'),
};

/** What a change is compared with. */
export function gradeOf(grade: Exclude<BaselineGrade, 'unknown'>): string {
  return grades[grade]();
}

/** Why there is nothing to compare with; one of a newer release is not kept. */
export function gapOf(gap: string | undefined): string {
  return (gap !== undefined && Object.hasOwn(gaps, gap) ? gaps[gap as BaselineGap] : gaps['not-kept'])();
}
