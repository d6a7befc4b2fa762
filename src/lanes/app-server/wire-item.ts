import * as z from 'zod';

/** Items of a turn, as the app-server tells them (measured with 0.169): lenient on unknown fields, loud on unknown types. */
const id = z.string();
const text = z.string();
/** A provider's null and an absent field mean the same. */
const maybeText = z.string().nullish();
const status = z.enum(['inProgress', 'completed', 'failed', 'declined']);

/** What a user gave to a turn: text, or something with a path, an address or a name. */
export const wireInput = z.looseObject({
  type: z.string(),
  text: maybeText,
  path: maybeText,
  url: maybeText,
  name: maybeText,
});

export const wireChange = z.looseObject({
  path: text,
  kind: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('add') }),
    z.looseObject({ type: z.literal('delete') }),
    z.looseObject({ type: z.literal('update'), move_path: maybeText }),
  ]),
  /** Hunks of an update (measured: without file headers); of a new or deleted file the whole text. */
  diff: text,
});

export const wireItem = z.discriminatedUnion('type', [
  z.looseObject({ id, type: z.literal('userMessage'), content: z.array(wireInput) }),
  z.looseObject({ id, type: z.literal('hookPrompt'), fragments: z.array(z.looseObject({ text })) }),
  z.looseObject({ id, type: z.literal('agentMessage'), text }),
  z.looseObject({
    id,
    type: z.literal('functionCallOutput'),
    name: text,
    namespace: maybeText,
    output: z.unknown().optional(),
  }),
  z.looseObject({ id, type: z.literal('plan'), text }),
  z.looseObject({ id, type: z.literal('reasoning'), summary: z.array(text), content: z.array(text) }),
  z.looseObject({
    id,
    type: z.literal('commandExecution'),
    command: text,
    cwd: maybeText,
    status,
    aggregatedOutput: maybeText,
    exitCode: z.number().nullish(),
    durationMs: z.number().nullish(),
  }),
  z.looseObject({ id, type: z.literal('fileChange'), changes: z.array(wireChange), status }),
  z.looseObject({
    id,
    type: z.literal('mcpToolCall'),
    server: text,
    tool: text,
    status,
    arguments: z.unknown().optional(),
    result: z.looseObject({ content: z.array(z.unknown()), structuredContent: z.unknown().optional() }).nullish(),
    error: z.looseObject({ message: text }).nullish(),
  }),
  z.looseObject({
    id,
    type: z.literal('dynamicToolCall'),
    namespace: maybeText,
    tool: text,
    arguments: z.unknown().optional(),
    status,
    contentItems: z.array(z.unknown()).nullish(),
    success: z.boolean().nullish(),
  }),
  z.looseObject({
    id,
    type: z.literal('collabAgentToolCall'),
    tool: text,
    status: z.enum(['inProgress', 'completed', 'failed', 'interrupted']),
    senderThreadId: maybeText,
    receiverThreadIds: z.array(text),
    prompt: maybeText,
    agentsStates: z.unknown().optional(),
  }),
  z.looseObject({ id, type: z.literal('subAgentActivity'), kind: text, agentThreadId: text, agentPath: maybeText }),
  z.looseObject({ id, type: z.literal('webSearch'), query: text, action: z.unknown().optional() }),
  z.looseObject({ id, type: z.literal('imageView'), path: text }),
  z.looseObject({ id, type: z.literal('sleep'), durationMs: z.number() }),
  z.looseObject({
    id,
    type: z.literal('imageGeneration'),
    status: text,
    revisedPrompt: maybeText,
    failure: z.unknown().optional(),
    savedPath: maybeText,
    fileId: maybeText,
    /** The image itself, in base64. */
    result: maybeText,
  }),
  z.looseObject({ id, type: z.literal('enteredReviewMode'), review: text }),
  z.looseObject({ id, type: z.literal('exitedReviewMode'), review: text }),
  z.looseObject({ id, type: z.literal('contextCompaction') }),
]);

export type WireInput = z.infer<typeof wireInput>;
export type WireChange = z.infer<typeof wireChange>;
export type WireItem = z.infer<typeof wireItem>;
export type WireItemOf<T extends WireItem['type']> = Extract<WireItem, { readonly type: T }>;
