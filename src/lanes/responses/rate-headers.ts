import type { EndpointLimit } from '../../model/index.ts';

/** What an endpoint's answer says of its limits, in the headers that OpenAI's API has; empty = nothing. */
export function rateLimits(headers: Headers, now: number): readonly EndpointLimit[] {
  return (['requests', 'tokens'] as const).flatMap((of) => {
    const remaining = countOf(headers.get(`x-ratelimit-remaining-${of}`));
    if (remaining === null) return [];
    const limit = countOf(headers.get(`x-ratelimit-limit-${of}`));
    const wait = durationOf(headers.get(`x-ratelimit-reset-${of}`));
    return { of, limit, remaining, resetsAt: wait === null ? null : now + wait };
  });
}

function countOf(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `120ms`, `8.64s`, `6m0s`, `1h0m0s`; milliseconds. */
function durationOf(text: string | null): number | null {
  if (text === null || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/.test(text.trim())) return null;
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
}
