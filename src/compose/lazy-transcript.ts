import { join } from 'node:path';
import type { Environment } from '../node/index.ts';
import { openDataHome } from '../node/index.ts';
import type { Log, Transcript } from '../ports/index.ts';
import { createTranscript } from '../transcript/index.ts';

/** The data home is made when a thread is first read or written, not at activation. */
export function lazyTranscript(env: Environment, known: () => readonly string[], label: string, log: Log): Transcript {
  let made: Promise<Transcript> | null = null;
  const real = (): Promise<Transcript> => {
    made ??= openDataHome({ env })
      .then((home) => createTranscript({ folder: join(home, 'threads'), secrets: known, label, log }))
      .catch((error: unknown) => {
        made = null;
        throw error;
      });
    return made;
  };
  return {
    open: async (id) => (await real()).open(id),
    read: async (id) => (await real()).read(id),
    copy: async (from, to, then) => (await real()).copy(from, to, then),
    make: async (to, events) => (await real()).make(to, events),
    list: async () => (await real()).list(),
  };
}
