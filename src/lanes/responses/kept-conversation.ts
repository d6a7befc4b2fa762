import type { EndpointFeatures } from './features.ts';
import type { Asked, InputItem } from './request.ts';

/**
 * What of a turn's conversation an endpoint keeps that is never told to keep nothing: only what is new goes along then, after
 * the id of its last answer.
 */
export class KeptConversation {
  #id: string | null = null;
  #items = 0;

  /** An answer came whole. `id`: null = it has none; `items`: of the conversation, the answer's own included. */
  answered(id: string | null, items: number): void {
    this.#id = id;
    this.#items = items;
  }

  /** The conversation is another one than what is kept. */
  forget(): void {
    this.#id = null;
  }

  /** What the next request carries of `input`. */
  rest(features: EndpointFeatures, input: readonly InputItem[]): Pick<Asked, 'input' | 'previous'> {
    if (this.#id === null || features.store || !features.previousResponseId) return { input, previous: null };
    return { input: input.slice(this.#items), previous: this.#id };
  }
}
