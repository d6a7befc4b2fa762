import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from './refusal.ts';

export type Asked = {
  readonly method: string | undefined;
  /** The request target as it was sent. */
  readonly target: string | undefined;
  /** Each header with all its values. */
  readonly headers: NodeJS.Dict<string[]>;
};

export type Verdict =
  | { readonly kind: 'responses' | 'models' /** With its question mark; empty = none. */; readonly query: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The path under which the child finds its provider. */
export const basePath = '/v1';

/**
 * Whether a request is one of the two that Codex may make: with the token, to this address by its number, from no web page.
 * A page that rebinds its name to loopback sends its own name as Host, and one that asks across origins sends an Origin;
 * Codex sends neither. The target is compared as it was sent: nothing is decoded, so that nothing can be hidden in it.
 */
export function judge(asked: Asked, door: { readonly port: number; readonly token: string }): Verdict {
  const stranger = judgeStranger(asked, door);
  if (stranger !== null) return refused(stranger);
  const { method, target = '' } = asked;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  if (method === 'POST' && path === `${basePath}/responses`) return { kind: 'responses', query };
  if (method === 'GET' && path === `${basePath}/models`) return { kind: 'models', query };
  const why = 'with vault-only credentials Codex may ask for POST /responses and GET /models alone';
  return refused({ status: 403, code: 'forbidden_request', why });
}

/** Null: whoever asks holds the token, and is no web page. */
export function judgeStranger(
  { headers }: Pick<Asked, 'headers'>,
  { port, token }: { readonly port: number; readonly token: string },
): Refusal | null {
  if (only(headers.host) !== `127.0.0.1:${port}`) {
    return { status: 403, code: 'forbidden_host', why: 'the Host header must name this address by its number' };
  }
  if (headers.origin !== undefined) {
    return { status: 403, code: 'forbidden_origin', why: 'a web page may not ask here' };
  }
  const given = /^Bearer (\S+)$/i.exec(only(headers.authorization) ?? '')?.[1];
  if (given === undefined || !same(given, token)) {
    return { status: 403, code: 'forbidden_token', why: 'the request does not hold the token of this turn' };
  }
  return null;
}

function refused(refusal: Refusal): Verdict {
  return { kind: 'refused', refusal };
}

/** Twice the same header is one too many, whatever it says. */
function only(values: readonly string[] | undefined): string | null {
  return values?.length === 1 ? (values[0] ?? null) : null;
}

/** Takes the same time whatever differs. */
function same(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
