import type { EndpointLimit, LaneInputs, LimitWindow, Readings } from '../model/index.ts';
import { limitWindows } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import { nativeTransport } from './native-transport.ts';
import { laneOf } from './standing.ts';

/** Writes a time (milliseconds since the epoch) for the user: in their zone and language, with the day where it is another. */
export type TimeOf = (at: number) => string;

export type LimitCopy = { readonly label: Copy; readonly description: Copy };

/** From here on a limit is told before a turn, in percent. */
const worthTelling = 75;
/** A window that is full again so soon is not worth a word, in milliseconds. */
const soon = 60_000;

/** A window of a limit in words. */
export function limitCopy({ limit, minutes, usedPercent, resetsAt }: LimitWindow, timeOf: TimeOf): LimitCopy {
  return { label: labelOf(limit, minutes), description: standOf(usedPercent, resetsAt, timeOf) };
}

function standOf(usedPercent: number | null, resetsAt: number | null, timeOf: TimeOf): Copy {
  if (usedPercent === null) return resetsAt === null ? copy('limit.over') : copy('limit.reset', timeOf(resetsAt));
  // Never rounded up to what it is not yet.
  const percent = String(Math.floor(usedPercent));
  return resetsAt === null ? copy('limit.used', percent) : copy('limit.used.resets', percent, timeOf(resetsAt));
}

function labelOf(limit: string | null, minutes: number | null): Copy {
  if (limit !== null) return copy('verbatim', minutes === null ? limit : `${limit} (${lengthOf(minutes)})`);
  if (minutes === null) return copy('limit.unnamed');
  if (minutes === 7 * 1440) return copy('limit.week');
  if (minutes % 1440 === 0) return copy('limit.days', String(minutes / 1440));
  return minutes % 60 === 0 ? copy('limit.hours', String(minutes / 60)) : copy('limit.minutes', String(minutes));
}

function lengthOf(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

const endpointLabel = (of: EndpointLimit['of']): Copy => copy(`tree.account.endpoint.${of}`);

/** A limit of an endpoint in words. */
export function endpointCopy({ of, limit, remaining, resetsAt }: EndpointLimit, now: number): LimitCopy {
  const label = endpointLabel(of);
  if (resetsAt !== null && resetsAt <= now) return { label, description: copy('limit.left.reset') };
  const left = String(remaining);
  return { label, description: limit === null ? copy('limit.left', left) : copy('limit.left.of', left, String(limit)) };
}

/** A limit that is nearly or wholly used on the lane of the next turn. */
export type LimitNote = LimitCopy & { readonly usedUp: boolean; readonly toldAt: number };

/** What is worth a word before the next turn, the tightest alone; null = nothing, or nothing is known. It stops nobody. */
export function limitNote(inputs: LaneInputs, readings: Readings, now: number, timeOf: TimeOf): LimitNote | null {
  if (!inputs.gates.interactive) return null;
  const near = windowsOf(inputs, readings, now)
    .filter(({ usedPercent, resetsAt }) => {
      return usedPercent !== null && usedPercent >= worthTelling && (resetsAt === null || resetsAt - now > soon);
    })
    // Of two that are used up, the one that lasts longer.
    .toSorted((a, b) => (b.usedPercent ?? 0) - (a.usedPercent ?? 0) || (b.resetsAt ?? 0) - (a.resetsAt ?? 0))[0];
  if (near === undefined) return null;
  const { label, description } = limitCopy(near, timeOf);
  const usedUp = (near.usedPercent ?? 0) >= 100;
  return { label: near.of === undefined ? label : endpointLabel(near.of), description, usedUp, toldAt: near.toldAt };
}

/** `of`: what an endpoint counts. */
type Near = LimitWindow & { readonly of?: EndpointLimit['of'] };

function windowsOf(inputs: LaneInputs, { limits, endpoint }: Readings, now: number): readonly Near[] {
  if (laneOf(inputs.selected) === 'codex-native') {
    // What the app-server heard is of the same account, whatever runs the turn; exec itself tells nothing.
    return limits.kind === 'told' && nativeTransport(inputs).transport === 'app-server'
      ? limitWindows(limits.value, now)
      : [];
  }
  if (endpoint.kind === 'none') return [];
  const toldAt = Date.parse(endpoint.at);
  return endpoint.value.flatMap(({ of, limit, remaining, resetsAt }) => {
    if (limit === null || limit === 0 || (resetsAt !== null && resetsAt <= now)) return [];
    const usedPercent = 100 * (1 - remaining / limit);
    return [{ id: of, of, limit: null, minutes: null, usedPercent, resetsAt, toldAt }];
  });
}
