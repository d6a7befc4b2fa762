import { randomBytes } from 'node:crypto';

/** Milliseconds and counter of the last id: ids of one process sort in the order they were made, whatever the clock does. */
let lastMs = 0;
let counter = 0;
const counterMax = 0xfff;

/** A UUID version 7 (RFC 9562): sorts by the time it was made, fits every place that takes a UUID. */
export function newId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    // Starts low, so that a burst within one millisecond has room above it.
    counter = randomBytes(1)[0] ?? 0;
  } else if (counter < counterMax) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const tail = randomBytes(8);
  tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
  const hex = tail.toString('hex');
  const version = `7${counter.toString(16).padStart(3, '0')}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}
