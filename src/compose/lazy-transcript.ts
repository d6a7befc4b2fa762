import { join } from 'node:path';
import type { Environment } from '../node/index.ts';
import { openDataHome } from '../node/index.ts';
import type { Log, Transcript } from '../ports/index.ts';
import { createTranscript } from '../transcript/index.ts';

/** What must not be written. */
type Secrets = {
  readonly known: () => readonly string[];
  /** Finds out what is known, as far as that is quick. Never rejects. */
  readonly learn: () => Promise<void>;
};

/**
 * The data home is made when a thread is first read or written, not at activation. Before the first one is written the
 * vault was looked into: what a prompt has of it is to be known.
 */
export function lazyTranscript(env: Environment, { known, learn }: Secrets, label: string, log: Log): Transcript {
  let learnt: Promise<void> | null = null;
  const knowing = (): Promise<void> => {
    learnt ??= learn();
    return learnt;
  };
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
    open: async (id) => {
      const [transcript] = await Promise.all([real(), knowing()]);
      return transcript.open(id);
    },
    read: async (id) => (await real()).read(id),
    copy: async (from, to, then) => (await real()).copy(from, to, then),
    make: async (to, events) => {
      const [transcript] = await Promise.all([real(), knowing()]);
      return transcript.make(to, events);
    },
    list: async () => (await real()).list(),
  };
}
