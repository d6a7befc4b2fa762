import * as z from 'zod';
import type { ApprovalId, LogEvent, NativeThreadId, TurnId } from '../index.ts';
import { baselineGaps, grantKinds, nearMissReasons, toolPolicies, turnErrorCodes } from '../index.ts';
import { envelopeSchema, event, id, laneSelection, runnableLane } from './envelope.ts';
import { rawPayload } from './raw-payload.ts';
import {
  approvalPolicy,
  receiptSchema,
  ruleTrace,
  sandboxMode,
  usage,
  usageAuthority,
  warningSource,
} from './receipt.ts';

const phase = z.enum(['started', 'output', 'completed']);
const status = z.enum(['in_progress', 'completed', 'failed', 'declined']);
const text = z.string();
const optionalText = z.string().exactOptional();
const durationMs = z.number();
/** Anything; a writer's `undefined` is missing in JSON and reads as null. */
const anything = z.unknown().default(null);
const maybeAnything = z.unknown().exactOptional();

const baseline = {
  path: text,
  grade: z.enum(['exact', 'git', 'copied', 'reconstructed', 'unknown']),
  blob: text.nullable(),
  // One of a newer release: the file is not known all the same.
  gap: z.enum(baselineGaps).catch('not-kept').exactOptional(),
};

const threadStatus = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal(['not_loaded', 'idle', 'system_error']) }),
  z.looseObject({ type: z.literal('active'), flags: z.array(text) }),
]);

const turnError = z.looseObject({
  // A code of a newer release must not leave the turn without its end.
  code: z.enum(turnErrorCodes).catch('internal'),
  message: text,
  retryable: z.boolean(),
  hint: text.nullable(),
  detail: optionalText,
  actions: z.array(text).catch([]).exactOptional(),
});

const turnAct = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('compact') }),
  z.looseObject({
    kind: z.literal('review'),
    target: z.discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('uncommitted_changes') }),
      z.looseObject({ kind: z.literal('base_branch'), branch: text }),
      z.looseObject({ kind: z.literal('commit'), sha: text, title: text.nullable() }),
      z.looseObject({ kind: z.literal('custom'), instructions: text }),
    ]),
  }),
]);

/** One line of a thread's log whose kind this release knows. */
export const logEventSchema = z.discriminatedUnion('kind', [
  // Items
  event('assistant_text', { text, isDelta: z.boolean() }),
  event('reasoning', { text, isDelta: z.boolean() }),
  event('command_execution', {
    phase,
    command: text,
    cwd: optionalText,
    output: optionalText,
    outputDelta: optionalText,
    exitCode: z.number().nullable().exactOptional(),
    durationMs: durationMs.nullable().exactOptional(),
    sandbox: sandboxMode.exactOptional(),
    status,
  }),
  event('file_change', {
    phase,
    changes: z.array(
      z.looseObject({
        path: text,
        kind: z.enum(['add', 'update', 'delete', 'move']),
        movedFrom: optionalText,
        diff: optionalText,
      }),
    ),
    status,
    diffSource: z.enum(['runtime', 'pre-image']).exactOptional(),
  }),
  event('mcp_call', {
    phase,
    server: text,
    tool: text,
    arguments: anything,
    result: z
      .looseObject({ content: z.array(z.unknown()), structuredContent: maybeAnything })
      .nullable()
      .exactOptional(),
    error: text.nullable().exactOptional(),
    status,
  }),
  event('tool_call', { phase, name: text, arguments: anything, result: maybeAnything, status }),
  event('web_search', { phase, query: text, action: maybeAnything, status }),
  event('subagent', {
    phase,
    tool: text,
    sender: text.nullable(),
    receivers: z.array(text),
    prompt: text.nullable(),
    states: anything,
    status,
  }),
  event('review_mode', { change: z.enum(['entered', 'left']) }),
  event('plan_updated', {
    steps: z.array(z.looseObject({ text, status: z.enum(['pending', 'in_progress', 'completed']) })),
  }),

  // Notices
  event('thread_status_changed', { status: threadStatus }),
  event('usage_updated', {
    usage: usage.nullable(),
    threadTotal: usage.exactOptional(),
    authority: usageAuthority,
  }),
  event('model_rerouted', { askedModel: text, servedModel: text, reason: text }),
  event('turn_diff_updated', { diff: text }),
  event('stalled', { hop: text, since: text }),
  event('context_compacted', {
    before: z.number().nullable(),
    after: z.number().nullable(),
    how: text,
    summary: optionalText,
  }),
  event('warning', { source: warningSource, text, code: optionalText }),
  event('system_notice', { text, code: text }),
  event('worktree_created', { worktree: z.looseObject({ path: text, origin: text, base: text }) }),
  event('unsupported_raw_event', { rawType: text, payload: text }),

  // Approvals
  event('approval_requested', {
    approvalId: id<ApprovalId>(),
    subject: z.enum(['command', 'file_change', 'mcp', 'permissions', 'user_input']),
    what: text,
    why: text.nullable(),
    decisions: z.array(
      z.looseObject({ id: text, label: text, detail: optionalText, takesAnswers: z.boolean().exactOptional() }),
    ),
    fields: z
      .array(
        z.looseObject({
          id: text,
          header: text,
          question: text,
          input: z.enum(['none', 'text', 'number', 'integer']),
          options: z.array(z.looseObject({ value: text, label: text, description: text.nullable() })),
          takesMany: z.boolean(),
          isRequired: z.boolean(),
          isSecret: z.boolean(),
        }),
      )
      .exactOptional(),
    url: optionalText,
    grants: z
      .looseObject({
        decision: text,
        kinds: z.array(z.enum(grantKinds)),
        scripts: z.array(z.looseObject({ name: text, digest: text })).exactOptional(),
      })
      .exactOptional(),
    near: z.looseObject({ why: z.enum(nearMissReasons), command: text, folder: text }).exactOptional(),
  }),
  event('approval_resolved', {
    approvalId: id<ApprovalId>(),
    decision: text,
    decidedBy: z.enum(['user', 'grant', 'policy', 'lifecycle']),
    answers: z.record(text, z.array(text)).exactOptional(),
    grant: z.enum(grantKinds).exactOptional(),
  }),

  // The engine's own
  event('thread_started', { status: threadStatus.exactOptional(), cwd: text.nullable() }),
  event('thread_renamed', { title: text }),
  event('thread_forked', {
    from: z.looseObject({ threadId: text, title: text, nativeThreadId: id<NativeThreadId>().nullable() }),
  }),
  event('thread_imported', {
    from: z.looseObject({
      nativeThreadId: id<NativeThreadId>(),
      source: text.nullable(),
      cliVersion: text.nullable(),
      historyCompleteness: z.enum(['live-only', 'explicit-hydration-required', 'backfilled']),
      turns: z.number(),
      shortened: z.boolean(),
    }),
  }),
  event('thread_options_changed', {
    options: z.looseObject({
      model: text.nullable(),
      effort: text.nullable(),
      profile: text.nullable(),
      addDirs: z.array(text),
      outputSchema: text.nullable(),
      ephemeral: z.boolean().nullable(),
      worktree: z.boolean(),
      // Older logs know none; what a newer release calls one must not count as more than was configured.
      policy: z.enum(toolPolicies).nullable().catch(null).default(null),
    }),
  }),
  event('worktree_closed', { how: z.enum(['merged', 'discarded']), kept: text.nullable() }),
  event('user_message', {
    text,
    attachments: z.array(z.looseObject({ kind: z.enum(['file', 'image']), path: text, label: text })),
    delivery: z.enum(['start', 'steer', 'queued']),
    act: turnAct.exactOptional(),
  }),
  event('lane_decided', { asked: laneSelection, resolved: runnableLane.nullable(), trace: ruleTrace }),
  event('turn_started', {
    model: text.nullable(),
    effort: text.nullable(),
    cwd: text.nullable(),
    sandbox: sandboxMode.nullable(),
    approvalPolicy: approvalPolicy.nullable(),
    ephemeral: z.boolean().exactOptional(),
  }),
  event('snapshot_taken', baseline),
  event('disk_change_detected', {
    ...baseline,
    change: z.enum(['add', 'update', 'delete']),
    diff: optionalText,
    by: text.nullable(),
  }),
  event('receipt', { receipt: receiptSchema, aboutTurnId: id<TurnId>() }),
  event('turn_completed', { durationMs }),
  event('turn_failed', { durationMs, error: turnError }),
  event('turn_interrupted', { durationMs, by: z.enum(['user', 'shutdown', 'timeout']) }),
]);

export type ReadLogLine =
  | { readonly ok: true; readonly event: LogEvent }
  | { readonly ok: false; readonly why: string };

/**
 * Reads one line of a thread's log. Fields that nobody knows are kept. A kind that this release does not know, or whose body
 * it can't read, becomes an `unsupported_raw_event` in the same place of the log. Not ok only when the line is no JSON
 * or its envelope is broken: `why` names the field.
 */
export function parseLogLine(line: string): ReadLogLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, why: 'not JSON' };
  }
  const known = logEventSchema.safeParse(value);
  if (known.success) return { ok: true, event: known.data };
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return { ok: false, why: z.prettifyError(envelope.error) };
  const { kind, ...rest } = envelope.data;
  return { ok: true, event: { ...rest, kind: 'unsupported_raw_event', rawType: kind, payload: rawPayload(line) } };
}
