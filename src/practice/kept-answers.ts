import type { OutputItem } from './answer.ts';
import type { Fields } from './fields.ts';
import { isFields, text } from './fields.ts';
import { Refusal } from './refusal.ts';

/** More are forgotten, the oldest first. */
const MOST_KEPT = 100;

/** The conversations that an endpoint keeps, each by the id of the answer that it ends in. */
export class KeptAnswers {
  readonly #kept = new Map<string, readonly unknown[]>();

  keep(id: string, input: unknown, output: readonly OutputItem[]): void {
    this.#kept.set(id, [...asItems(input), ...output]);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }

  /**
   * The request as if it carried all that is kept of its conversation.
   * @throws Refusal 400 when the answer that it names is not kept
   */
  whole(body: unknown): unknown {
    const id = isFields(body) ? text(body.previous_response_id) : null;
    if (!isFields(body) || id === null) return body;
    const before = this.#kept.get(id);
    if (before === undefined) {
      throw new Refusal(400, 'previous_response_not_found', `Previous response with id '${id}' not found.`, {
        param: 'previous_response_id',
      });
    }
    const { previous_response_id: _, ...rest }: Fields = body;
    return { ...rest, input: [...before, ...asItems(body.input)] };
  }
}

function asItems(input: unknown): readonly unknown[] {
  return Array.isArray(input) ? input : [{ type: 'message', role: 'user', content: input }];
}
