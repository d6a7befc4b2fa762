import * as z from 'zod';
import { nativeThreadId } from '../../model/index.ts';
import type { ExecRunEnd } from './replay.ts';

const metaSchema = z.looseObject({
  args: z.array(z.string()).optional(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  stderr: z.string(),
  stopped: z.boolean().optional(),
  overdue: z.enum(['first-event', 'silence']).nullish(),
});

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads what was kept beside a stream, as JSON: `exitCode`, `signal`, `stderr`, and where they are known `args`, `stopped`
 * (the user stopped it) and `overdue` (one of our limits did). Throws an Error that says what does not fit.
 */
export function readRunMeta(text: string): ExecRunEnd {
  const read = metaSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(z.prettifyError(read.error));
  const { args = [], exitCode, signal, stderr, stopped = false, overdue = null } = read.data;
  const native = args.find((word) => uuid.test(word));
  return {
    ...{ exitCode, signal, stderr, stopped, overdue },
    resumed: args.includes('resume') && native !== undefined ? nativeThreadId(native) : null,
    forked: args.includes('fork'),
  };
}
