import type { TurnError } from '../../model/index.ts';
import type { LaneTurn, SettingsSnapshot } from '../../ports/index.ts';
import { turnError } from './failure.ts';

const maxRedirects = 3;

/** The body of a turn's request. The endpoint keeps nothing (`store: false`), so each request carries the conversation. */
export function requestBody(turn: LaneTurn, settings: SettingsSnapshot): string {
  const effort = turn.effort ?? settings.apiEffort;
  const said = [...turn.history, { role: 'user' as const, text: turn.text }];
  return JSON.stringify({
    model: turn.model ?? settings.apiModel,
    ...(turn.cwd === null
      ? {}
      : { instructions: `<environment_context>\n  <cwd>${escapeXml(turn.cwd)}</cwd>\n</environment_context>` }),
    input: said.map(({ role, text }) => ({
      type: 'message',
      role,
      content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }],
    })),
    ...(effort === null ? {} : { reasoning: { effort, summary: 'auto' } }),
    stream: true,
    store: false,
  });
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export type Answer = { readonly response: Response } | { readonly error: TurnError };

/**
 * Posts, and follows redirects within the origin only: what is sent (key, prompt) was meant for that one. Throws what
 * fetch throws.
 */
export async function post(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Answer> {
  let target = url;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await fetch(target, { ...init, method: 'POST', redirect: 'manual' });
    if (response.status < 300 || response.status > 399) return { response };
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    const next = URL.canParse(location, target) ? new URL(location, target) : null;
    const { origin, host } = new URL(url);
    if (next !== null && next.origin !== origin) {
      return {
        error: turnError(
          'config_invalid',
          `The endpoint ${host} redirects to another one, ${next.host}. Nothing was sent there.`,
          {
            hint: `If you trust ${next.host}, set it as the base URL.`,
          },
        ),
      };
    }
    if (next === null || (response.status !== 307 && response.status !== 308)) {
      return {
        error: turnError(
          'protocol_error',
          `The endpoint ${host} answered with a redirect that can't be followed (${response.status}).`,
          {
            hint: 'Check the base URL.',
          },
        ),
      };
    }
    target = next.href;
  }
  return { error: turnError('protocol_error', 'The endpoint redirects in a circle.', { hint: 'Check the base URL.' }) };
}
