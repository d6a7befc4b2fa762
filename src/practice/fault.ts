import { Refusal } from './refusal.ts';

/** How an answer that has begun goes wrong on purpose. */
export type Fault =
  | { readonly kind: 'context' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'cut' }
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
export const CONTEXT_MESSAGE = "Your input exceeds this model's context window (practice: asked for by the prompt).";

/** What a faulty answer says before it goes wrong. */
export const FAULT_TEXT =
  'This answer will not reach its end, because the prompt asked for that. It goes on for a few words more, so that a client has something on the screen when it stops, and then';

/** What a prompt asks for with `fail: <name>`: an HTTP error, a fault in mid-answer, or null. */
export function faultIn(prompts: readonly string[]): Fault | Refusal | null {
  const name = prompts
    .map((prompt) => /^fail:\s*([a-z0-9]+)\s*$/i.exec(prompt)?.[1]?.toLowerCase())
    .find((found) => found !== undefined);
  switch (name) {
    case undefined:
      return null;
    case 'context':
    case 'incomplete':
    case 'cut':
    case 'hang':
      return { kind: name };
    default:
      return REFUSALS[name]?.() ?? null;
  }
}
