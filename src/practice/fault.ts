import { Refusal } from './refusal.ts';

/** How an answer that has begun goes wrong on purpose. */
export type Fault =
  /** `limit`: the window's size in tokens, where the input is really larger. */
  | { readonly kind: 'context'; readonly limit?: number }
  | { readonly kind: 'incomplete' }
  /** Before the first event, or after some text. */
  | { readonly kind: 'cut'; readonly at: 'start' | 'middle' }
  | { readonly kind: 'hang' };

/** OpenAI's words and codes for each failure, as far as clients decide by them. */
const REFUSALS: Readonly<Record<string, () => Refusal>> = {
  '401': () =>
    new Refusal(401, 'invalid_api_key', 'Incorrect API key provided (practice: asked for by the prompt).', {
      type: 'authentication_error',
    }),
  '403': () =>
    new Refusal(403, 'permission_denied', 'You have no access to this model (practice: asked for by the prompt).', {
      type: 'permission_error',
    }),
  '404': () =>
    new Refusal(404, 'model_not_found', 'The model does not exist (practice: asked for by the prompt).', {
      param: 'model',
    }),
  '408': () => new Refusal(408, 'request_timeout', 'The request took too long (practice: asked for by the prompt).'),
  '409': () => new Refusal(409, 'conflict', 'The request met another one (practice: asked for by the prompt).'),
  '429': () =>
    new Refusal(429, 'rate_limit_exceeded', 'Rate limit reached (practice: asked for by the prompt).', {
      type: 'rate_limit_error',
      headers: { 'retry-after': '1' },
    }),
  quota: () =>
    new Refusal(429, 'insufficient_quota', 'You exceeded your current quota (practice: asked for by the prompt).', {
      type: 'insufficient_quota',
    }),
  '500': () => new Refusal(500, 'server_error', 'The server had an error (practice: asked for by the prompt).'),
  '503': () => new Refusal(503, 'server_overloaded', 'The server is overloaded (practice: asked for by the prompt).'),
};

/** The text of the `context` fault; OpenAI's own wording begins the same way. */
export function contextMessage({ limit }: { readonly limit?: number }): string {
  const why = limit === undefined ? 'practice: asked for by the prompt' : `practice: ${limit} tokens`;
  return `Your input exceeds the context window of this model (${why}). Please adjust your input and try again.`;
}

/** What a faulty answer says before it goes wrong. */
export const FAULT_TEXT =
  'This answer will not reach its end, because the prompt asked for that. It goes on for a few words more, so that a client has something on the screen when it stops, and then';

/** What a model that refuses says. */
export const REFUSAL_TEXT = 'I can’t help with that (practice: asked for by the prompt).';

/** What a request that failed once says when it is fine. */
export const FINE_TEXT = 'It went well this time.';

/** What is to go wrong, and when. */
export interface AskedFault {
  readonly fault: Fault | Refusal | 'refusal';
  /** A request fails the first time only. */
  readonly once: boolean;
  /** The prompt that is worked on; it goes wrong once a call was answered. Null: it goes wrong at once. */
  readonly after: string | null;
}

const ASKED = /^fail:\s*([a-z0-9]+)(\s+once)?(?:\s+after\s+(\S[\s\S]*))?\s*$/i;

/** What a prompt asks for with `fail: <name> [once] [after <prompt>]`, or null. */
export function faultIn(prompts: readonly string[]): AskedFault | null {
  const match = prompts.map((prompt) => ASKED.exec(prompt)).find((found) => found !== null);
  if (match === undefined || match === null) return null;
  const once = match[2] !== undefined;
  const fault = named(match[1]?.toLowerCase() ?? '', once);
  return fault === null ? null : { fault, once, after: match[3]?.trim() ?? null };
}

function named(name: string, once: boolean): AskedFault['fault'] | null {
  switch (name) {
    case 'context':
    case 'incomplete':
    case 'hang':
      return { kind: name };
    case 'cut':
      // What is to be fine when tried again is cut where trying again costs nothing.
      return { kind: 'cut', at: once ? 'start' : 'middle' };
    case 'refusal':
      return 'refusal';
    default:
      return REFUSALS[name]?.() ?? null;
  }
}
