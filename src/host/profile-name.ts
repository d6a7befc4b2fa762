import type { Translate } from './translate.ts';

/** A name that stands for `<name>.config.toml` in Codex's own folder, and for nothing outside of it. */
export function isProfileName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text) && !/^\.+$/.test(text);
}

/** What such a name must be, in words. */
export function profileRule(t: Translate): string {
  return t('the name of a profile: up to 64 letters, digits, dots, dashes and underscores, and no path');
}
