import { localTime } from './local-time.ts';

const day = 86_400_000;

/** A time near now (milliseconds since the epoch) as the editor's language writes it: `14:30`, `Sun, 14:30`, or with its date. */
export function dayTime(at: number, now = Date.now()): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  if (then.toDateString() === today.toDateString()) return localTime(then, time);
  const near = Math.abs(at - now) < 6 * day;
  return localTime(then, near ? { weekday: 'short', ...time } : { dateStyle: 'short', timeStyle: 'short' });
}
