import * as z from 'zod';
import type { KnownEndpoint } from '../index.ts';
import { endpointFeatures } from '../index.ts';

const format = 'codex-lanes/endpoints';
const version = 1;

const quirk = z.looseObject({
  feature: z.enum(endpointFeatures),
  at: z.iso.datetime(),
  why: z.string().max(1000),
});
const endpoint = z.looseObject({ endpoint: z.string(), model: z.string(), quirks: z.array(quirk) });
const file = z.looseObject({ format: z.literal(format), version: z.literal(version), endpoints: z.array(endpoint) });
const newer = z.looseObject({ format: z.literal(format), version: z.int().gt(version) });

export type ReadEndpoints =
  | { readonly kind: 'endpoints'; readonly endpoints: readonly KnownEndpoint[] }
  /** A newer release wrote it; it is none of ours, or some of it is not as it should be. */
  | { readonly kind: 'newer' | 'wrong' };

/** Reads the text of the file of what is known of endpoints. Never throws: a file that is wrong anywhere counts for nothing. */
export function readEndpoints(text: string): ReadEndpoints {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'wrong' };
  }
  if (newer.safeParse(value).success) return { kind: 'newer' };
  const found = file.safeParse(value);
  return found.success ? { kind: 'endpoints', endpoints: found.data.endpoints } : { kind: 'wrong' };
}

/** The text of the file with these endpoints. */
export function writtenEndpoints(endpoints: readonly KnownEndpoint[]): string {
  return `${JSON.stringify({ format, version, endpoints }, null, 2)}\n`;
}
