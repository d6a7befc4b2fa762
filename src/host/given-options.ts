import type { ThreadOptions } from '../model/index.ts';
import { toolPolicies } from '../model/index.ts';
import { isAbsolutePath } from './absolute-path.ts';
import { hasControl } from './control-characters.ts';
import { isProfileName } from './profile-name.ts';

/** Options as a key binding or another extension gives them, or as a window kept them over a reload; null = it is none of them. */
export function givenOptions(given: unknown): Partial<ThreadOptions> | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const entries = Object.entries(given);
  if (entries.length === 0) return null;
  const known = entries.every(
    ([name, value]) => Object.hasOwn(checks, name) && checks[name as keyof ThreadOptions](value),
  );
  return known ? (Object.fromEntries(entries) as Partial<ThreadOptions>) : null;
}

/** True for what may be the name of a model or an effort: one line, as it would be typed. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 200 && !hasControl(value);
}

const isPath = (value: unknown) => isName(value) && isAbsolutePath(value);

const checks: Readonly<Record<keyof ThreadOptions, (value: unknown) => boolean>> = {
  model: (value) => value === null || isName(value),
  effort: (value) => value === null || isName(value),
  profile: (value) => value === null || (typeof value === 'string' && isProfileName(value)),
  addDirs: (value) => Array.isArray(value) && value.every(isPath),
  outputSchema: (value) => value === null || isPath(value),
  ephemeral: (value) => value === null || typeof value === 'boolean',
  worktree: (value) => typeof value === 'boolean',
  policy: (value) => value === null || toolPolicies.some((one) => one === value),
};
