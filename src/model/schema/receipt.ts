import * as z from 'zod';
import type { NativeThreadId } from '../index.ts';
import { toolPolicies } from '../index.ts';
import { id, laneSelection, runnableLane, transport } from './envelope.ts';

const count = z.number().nullable();

export const usage = z.looseObject({
  input: count,
  cachedInput: count,
  output: count,
  reasoningOutput: count,
  cacheWrite: count,
  contextWindow: count.exactOptional(),
});

export const usageAuthority = z.enum(['live-turn-completed', 'responses-completed']);
export const sandboxMode = z.enum(['read-only', 'workspace-write', 'danger-full-access']);
export const approvalPolicy = z.enum(['never', 'on-request', 'untrusted', 'none', ...toolPolicies]);
export const warningSource = z.enum(['process', 'history', 'thread', 'config', 'provisioning']);
export const ruleTrace = z.array(z.looseObject({ rule: z.string(), says: z.string() }));

/** The receipt of a turn as it is stored. */
export const receiptSchema = z.looseObject({
  transport,
  executable: z
    .looseObject({
      path: z.string(),
      source: z.enum(['setting', 'env', 'managed', 'system-path']),
      version: z.string(),
    })
    .nullable(),
  endpoint: z.string().nullable(),
  payer: z
    .looseObject({
      kind: z.enum(['api-key', 'chatgpt', 'provider', 'none']),
      label: z.string(),
      source: z.string(),
    })
    .nullable(),
  modelServed: z.string(),
  nativeThreadId: id<NativeThreadId>().nullable(),
  completionPolicy: z.enum(['ephemeral', 'persistent']).nullable(),
  historyCompleteness: z.enum(['live-only', 'explicit-hydration-required', 'backfilled']).nullable(),
  usage: usage.nullable(),
  usageAuthority: usageAuthority.nullable(),
  exitCode: count,
  killStep: z.enum(['none', 'SIGINT', 'SIGKILL']),
  vaultRequests: z.number().exactOptional(),
  commands: z.looseObject({ sandboxed: z.number(), unsandboxed: z.number() }).exactOptional(),
  cost: z.looseObject({ usd: z.number(), source: z.string() }).exactOptional(),
  rounds: z.number().exactOptional(),
  asked: laneSelection,
  resolved: runnableLane.nullable(),
  trace: ruleTrace,
  modelAsked: z.string().nullable(),
  effort: z.string().nullable(),
  sandbox: sandboxMode.nullable(),
  approvalPolicy: approvalPolicy.nullable(),
  cwd: z.string().nullable(),
  warnings: z.partialRecord(warningSource, z.number().exactOptional()),
  durations: z.looseObject({ queueMs: z.number(), firstEventMs: count, firstTextMs: count, totalMs: z.number() }),
  seal: z.string(),
});
