import type { ThreadView } from '../../src/model/index.ts';
import type { Entry } from './entries.ts';
import { EntryList } from './entries.ts';
import type { Expansion, Place } from './places.ts';
import { placesOf } from './places.ts';

/** A thread as the virtual list takes it. */
export type Listing = {
  readonly places: readonly Place[];
  /** The keys of the places; the same array as long as they are the same. */
  readonly keys: readonly string[];
  /** How many entries the thread has. */
  readonly size: number;
};

export const emptyListing: Listing = { places: [], keys: [], size: 0 };

/** The places of a thread that grows. A change costs what it changes, whatever the thread's length. */
export class Lister {
  readonly #entryList = new EntryList();
  readonly #places: Place[] = [];
  /** Where the places of each entry begin. */
  readonly #starts: number[] = [];
  #keys: readonly string[] = [];
  #expansion: Expansion | null = null;

  update(thread: ThreadView, running: boolean, expansion: Expansion): Listing {
    const { entries, from } = this.#entryList.update(thread, running);
    const first = expansion === this.#expansion ? from : 0;
    this.#expansion = expansion;
    const kept = first < this.#starts.length ? (this.#starts[first] ?? 0) : this.#places.length;
    this.#places.length = kept;
    this.#starts.length = Math.min(first, this.#starts.length);
    for (let index = first; index < entries.length; index++) this.#add(entries[index], index, expansion);
    this.#keys = this.#keysFrom(kept);
    return { places: this.#places.slice(), keys: this.#keys, size: entries.length };
  }

  #add(entry: Entry | undefined, index: number, expansion: Expansion): void {
    if (entry === undefined) return;
    this.#starts.push(this.#places.length);
    this.#places.push(...placesOf(entry, index + 1, expansion));
  }

  /** Places before `kept` have the keys that they had. */
  #keysFrom(kept: number): readonly string[] {
    const [places, keys] = [this.#places, this.#keys];
    let index = kept;
    while (index < places.length && places[index]?.key === keys[index]) index++;
    if (index === places.length && index === keys.length) return keys;
    return [...keys.slice(0, index), ...places.slice(index).map(({ key }) => key)];
  }
}
