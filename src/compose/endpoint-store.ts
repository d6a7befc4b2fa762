import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndpointQuirk, KnownEndpoint, LearntQuirk } from '../model/index.ts';
import { LanesError, messageOf } from '../model/index.ts';
import { readEndpoints, writtenEndpoints } from '../model/schema/index.ts';
import { codeOf, writeFileAtomic } from '../node/index.ts';
import type { Clock, EndpointMemory, Log } from '../ports/index.ts';
import { redactText } from '../transcript/index.ts';
import { lockPatiently } from './patient-lock.ts';

/** What was learnt of endpoints, for every window on this machine. */
export type EndpointStore = EndpointMemory & {
  /** What is known of an endpoint with any model, oldest first. Never rejects. */
  readonly learnt: (endpoint: string) => Promise<readonly LearntQuirk[]>;
  /** Forgets all that is known of an endpoint; how much that was. Throws LanesError. */
  readonly forget: (endpoint: string) => Promise<number>;
};

export type EndpointStoreDeps = {
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  readonly secrets: () => readonly string[];
  /** Called after something was learnt or forgotten. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** What this process is, in words for the user. */
  readonly label: string;
};

const fileName = 'endpoints.json';
/** Milliseconds after which a refusal counts no more: a server is updated, an account gets rights. */
const lifetime = 30 * 24 * 60 * 60 * 1000;
const maxEndpoints = 200;
/** Of an endpoint's own words, in characters. */
const maxWhy = 300;

export function createEndpointStore(deps: EndpointStoreDeps): EndpointStore {
  const { home, secrets, onChange, clock, log, label } = deps;
  /** One write of this process at a time; another process is kept out by the lock file. */
  let last: Promise<unknown> = Promise.resolve();

  const pathOf = async (): Promise<string> => join(await home(), fileName);

  const read = async (): Promise<readonly KnownEndpoint[]> => {
    const path = await pathOf();
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw new LanesError('storage', `What is known of endpoints, in ${path}, can’t be read.`, { cause: error });
    }
    const found = readEndpoints(text);
    switch (found.kind) {
      case 'endpoints':
        return found.endpoints.map(fresh).filter(({ quirks }) => quirks.length > 0);
      case 'newer':
        throw new LanesError('newer-format', `${path} was written by a newer release.`);
      case 'wrong':
        throw new LanesError('storage', `${path} is not as it should be: nothing in it counts.`);
    }
  };

  const fresh = (known: KnownEndpoint): KnownEndpoint => ({
    ...known,
    quirks: known.quirks.filter(({ at }) => Date.parse(at) + lifetime > clock.now()),
  });

  const readOrNothing = async (): Promise<readonly KnownEndpoint[]> => {
    try {
      return await read();
    } catch (error) {
      log.warn(`Nothing is known of the endpoint: ${messageOf(error)}`);
      return [];
    }
  };

  /** Reads and writes in one go: nobody else writes in between. */
  const change = <T>(call: (known: readonly KnownEndpoint[]) => Promise<T>): Promise<T> => {
    const done = last.then(async () => {
      const lock = await lockPatiently(`${await pathOf()}.lock`, { what: 'What is known of endpoints', label });
      try {
        return await call(await read());
      } finally {
        lock.release();
      }
    });
    last = done.catch(() => {});
    return done;
  };

  const write = async (known: readonly KnownEndpoint[]): Promise<void> => {
    await writeFileAtomic(await pathOf(), writtenEndpoints(known.slice(-maxEndpoints)));
  };

  const learn = async (endpoint: string, model: string, quirk: EndpointQuirk): Promise<void> => {
    const why = redactText(quirk.why, secrets()).replaceAll(/\s+/g, ' ').trim().slice(0, maxWhy);
    await change(async (known) => {
      const isIt = (one: KnownEndpoint): boolean => one.endpoint === endpoint && one.model === model;
      const before = known.find(isIt)?.quirks.filter(({ feature }) => feature !== quirk.feature) ?? [];
      await write([...known.filter((one) => !isIt(one)), { endpoint, model, quirks: [...before, { ...quirk, why }] }]);
    });
    onChange();
  };

  return {
    quirks: async (endpoint, model) =>
      (await readOrNothing()).find((one) => one.endpoint === endpoint && one.model === model)?.quirks ?? [],
    learn: async (endpoint, model, quirk) => {
      try {
        await learn(endpoint, model, quirk);
      } catch (error) {
        log.warn(`What was learnt of the endpoint could not be kept: ${messageOf(error)}`);
      }
    },
    learnt: async (endpoint) =>
      (await readOrNothing())
        .filter((one) => one.endpoint === endpoint)
        .flatMap(({ model, quirks }) => quirks.map((quirk) => ({ ...quirk, model })))
        .toSorted((a, b) => a.at.localeCompare(b.at)),
    forget: async (endpoint) => {
      const forgotten = await change(async (known) => {
        const others = known.filter((one) => one.endpoint !== endpoint);
        if (others.length !== known.length) await write(others);
        return known.filter((one) => one.endpoint === endpoint).reduce((sum, { quirks }) => sum + quirks.length, 0);
      });
      if (forgotten > 0) onChange();
      return forgotten;
    },
  };
}
