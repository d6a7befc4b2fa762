import * as z from 'zod';
import type { GrantEntry } from '../index.ts';
import { grantKinds, threadId } from '../index.ts';
import { sandboxMode } from './receipt.ts';

const format = 'codex-lanes/grants';
const version = 1;

const thread = z.string().transform(threadId);
const grant = z.looseObject({
  id: z.string(),
  kind: z.enum(grantKinds),
  command: z.string(),
  folder: z.string(),
  threadId: thread,
  givenAt: z.iso.datetime(),
  lapsesAt: z.iso.datetime(),
  // Left out in what older releases wrote. A sandbox of a newer one is none that is asked about here.
  sandbox: sandboxMode.exactOptional(),
  scripts: z.array(z.looseObject({ name: z.string(), digest: z.string() })).exactOptional(),
  uses: z.int().min(0),
  last: z.looseObject({ at: z.iso.datetime(), threadId: thread }).nullable(),
});
const file = z.looseObject({ format: z.literal(format), version: z.literal(version), grants: z.array(grant) });
const newer = z.looseObject({ format: z.literal(format), version: z.int().gt(version) });

export type ReadGrants =
  | { readonly kind: 'grants'; readonly grants: readonly GrantEntry[] }
  /** A newer release wrote it; it is none of ours, or some of it is not as it should be. */
  | { readonly kind: 'newer' | 'wrong' };

/** Reads the text of the file of grants. Never throws: a file that is wrong anywhere counts for nothing. */
export function readGrants(text: string): ReadGrants {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'wrong' };
  }
  if (newer.safeParse(value).success) return { kind: 'newer' };
  const found = file.safeParse(value);
  return found.success ? { kind: 'grants', grants: found.data.grants } : { kind: 'wrong' };
}

/** The text of the file with these grants. */
export function writtenGrants(grants: readonly GrantEntry[]): string {
  return `${JSON.stringify({ format, version, grants }, null, 2)}\n`;
}
