import type { Translate } from './translate.ts';

/** A name that stands for `<name>.config.toml` in Codex's own folder, for nothing outside of it and for no flag. */
export function isProfileName(text: string): boolean {
  return /^\w[\w.-]{0,63}$/.test(text);
}

/** What such a name must be, in words. */
export function profileRule(t: Translate): string {
  return t(
    'the name of a profile: up to 64 letters, digits, underscores, dots and dashes, of which the first is none of the last two',
  );
}
