import { env } from 'vscode';

/** A time as the editor's language writes it; the machine's own language may be another. */
export function localTime(at: Date, style: Intl.DateTimeFormatOptions = {}): string {
  return at.toLocaleString(env.language, style);
}
