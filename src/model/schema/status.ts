import * as z from 'zod';
import { endpointFeatures } from '../endpoint-quirks.ts';
import { LanesError } from '../errors.ts';
import type { LaneInputs } from '../lane-inputs.ts';
import { modelAbilities } from '../lane-inputs.ts';
import type { StampedStatus, StatusDocument } from '../status.ts';

const lane = z.enum(['auto', 'api', 'codex-native']);
const text = z.string().nullable();
const state = z.enum(['ready', 'locked', 'disabled', 'authentication-required', 'runtime-missing', 'degraded']);

const extension = z.object({
  status: z.enum(['supported', 'read-only', 'unsupported']),
  ownership: z.enum(['shared', 'provider-scoped']),
  reason: text,
});

const option = z.object({
  id: lane,
  label: z.string(),
  description: z.string(),
  selectable: z.boolean(),
  recommended: z.boolean(),
  available: z.boolean(),
  state,
  audience: z.enum(['general', 'internal']),
  statusMessage: text,
  detailMessage: text,
});

const model = { id: z.string(), label: z.string(), description: z.string() };
const models = z.array(z.object(model));

/** The status document as this product writes it, to the letter (contract runtime-status, section 2). */
export const statusDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  providers: z.object({
    codex: z.object({
      supported: z.boolean(),
      authenticated: z.boolean(),
      authMethod: text,
      verificationState: z.enum(['verified', 'unknown', 'offline', 'error']),
      canLoginFromUi: z.boolean(),
      statusMessage: text,
      detailMessage: text,
      selectedBackendId: lane,
      resolvedBackendId: z.enum(['api', 'codex-native']).nullable(),
      availableBackends: z.array(option),
      externalRuntimeDiagnostics: z.array(
        z.object({
          id: z.literal('codex-cli'),
          label: z.literal('Codex CLI'),
          detected: z.boolean(),
          statusMessage: text,
          detailMessage: text,
        }),
      ),
      models,
      capabilities: z.object({
        oneShot: z.boolean(),
        interactive: z.boolean(),
        extensions: z.object({ plugins: extension, mcp: extension, skills: extension, apiKeys: extension }),
      }),
      backend: z
        .object({
          kind: z.string(),
          label: z.string(),
          endpointLabel: text,
          projectId: text,
          authMethodDetail: text,
        })
        .nullable(),
    }),
  }),
}) satisfies z.ZodType<StatusDocument>;

const payer = z.object({
  kind: z.enum(['api-key', 'chatgpt', 'provider', 'none']),
  label: z.string(),
  source: z.string(),
});

const identity = z.object({
  path: z.string(),
  source: z.enum(['setting', 'env', 'managed', 'system-path']),
  version: z.string(),
});

const binaryProblem = z.enum(['not-found', 'is-folder', 'not-executable', 'incomplete', 'no-answer', 'not-codex']);
const effective = z.object({ value: z.string(), source: z.string() }).nullable();
const credentialInputs = z.array(
  z.object({
    name: z.string(),
    state: z.enum(['used', 'present', 'absent', 'not-consulted', 'unreachable']),
    tail: text,
  }),
);

const laneInputsSchema = z.object({
  selected: lane,
  selectedSource: z.string(),
  gates: z.object({
    phase: z.literal([0, 1, 2, 3, 4]),
    unlocked: z.boolean(),
    unlockSource: z.string(),
    trusted: z.boolean(),
    switchedOffBy: text,
    pluginsUnlocked: z.boolean(),
    pluginsUnlockSource: z.string(),
    // Left out by those who wrote before the gate was there.
    interactive: z.boolean().default(false),
    interactiveSource: z.string().default('codexLanes.native.interactive'),
    apiTools: z.boolean().default(false),
    transport: z.enum(['auto', 'exec', 'app-server']).default('auto'),
  }),
  native: z.object({
    checkedAt: text,
    binary: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('unchecked') }),
      z.object({ kind: z.literal('found'), identity }),
      z.object({
        kind: z.literal('missing'),
        detail: z.string(),
        problem: binaryProblem,
        namedBy: z.string().exactOptional(),
      }),
    ]),
    credential: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('unchecked') }),
      z.object({
        kind: z.literal('none'),
        only: z.literal('stored key').exactOptional(),
        login: z.literal('chatgpt').exactOptional(),
      }),
      z.object({
        kind: z.literal('present'),
        authMethod: z.enum(['api_key', 'chatgpt', 'provider']),
        payer,
        verified: z.boolean().exactOptional(),
      }),
      z.object({ kind: z.literal('issue'), issue: z.string() }),
    ]),
    notes: z.array(z.string()),
    abilities: z
      .object({
        missingExecFlags: z.array(z.string()),
        // A status that an earlier release stored has none.
        missingTurnOptions: z.array(z.string()).default([]),
        plugin: z.boolean(),
        appServer: z.boolean(),
      })
      .nullable(),
    pin: z.object({ reason: z.string(), since: z.string() }).nullable(),
    credentialInputs,
    models,
    network: z
      .object({ proxy: effective, noProxy: effective, certificates: effective, strictSslOff: z.boolean() })
      .nullable(),
    providerLabel: text,
  }),
  api: z.object({
    checkedAt: text,
    endpointLabel: z.string(),
    needsKey: z.boolean(),
    payer: payer.nullable(),
    reach: z.enum(['unknown', 'reachable', 'offline', 'refused']),
    detail: text,
    models: z.array(
      z.object({
        ...model,
        contextWindow: z.number().exactOptional(),
        takes: z.partialRecord(z.enum(modelAbilities), z.boolean()).exactOptional(),
      }),
    ),
    credentialInputs,
    notes: z.array(z.string()).exactOptional(),
    learnt: z
      .array(z.object({ feature: z.enum(endpointFeatures), at: z.string(), why: z.string(), model: z.string() }))
      .exactOptional(),
  }),
}) satisfies z.ZodType<LaneInputs>;

const stampedStatusSchema = z.object({
  document: statusDocumentSchema,
  inputs: laneInputsSchema,
  checkedAt: text,
  since: z.record(z.string(), z.string()),
  checking: z.boolean(),
  sequence: z.number().int().nonnegative(),
}) satisfies z.ZodType<StampedStatus>;

/** The status that was stored last; null when it is not one that this version wrote (then nothing was checked yet). */
export function readStampedStatus(value: unknown): StampedStatus | null {
  return stampedStatusSchema.safeParse(value).data ?? null;
}

// Of somebody else's document only the shape is asked for; a value that is missing or of another type is a default.
const foreignText = text.catch(null);
const foreignOption = z
  .looseObject({
    id: z.string().min(1).catch('unknown'),
    label: z.string().min(1).optional().catch(undefined),
    description: z.string().catch(''),
    selectable: z
      .unknown()
      .optional()
      .transform((value) => value !== false),
    recommended: z
      .unknown()
      .optional()
      .transform((value) => value === true),
    available: z
      .unknown()
      .optional()
      .transform((value) => value === true),
    statusMessage: foreignText,
    detailMessage: foreignText,
  })
  .transform((read) => ({ ...read, label: read.label ?? read.id }));

const foreignProvider = z.looseObject({
  authenticated: z.boolean().catch(false),
  authMethod: foreignText,
  statusMessage: foreignText,
  detailMessage: foreignText,
  selectedBackendId: foreignText,
  resolvedBackendId: foreignText,
  availableBackends: z.array(foreignOption).catch([]),
});

const foreignDocument = z.looseObject({ providers: z.record(z.string(), foreignProvider) });

/** A status document that anyone may have written; unknown keys are kept. */
export type ReadStatusDocument = z.infer<typeof foreignDocument>;

/**
 * Reads a program's output: the JSON from the first `{` to the last `}`, whatever noise stands around it.
 * Throws LanesError `bad-input` where there is no status document.
 */
export function readStatusDocument(output: string): ReadStatusDocument {
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new LanesError('bad-input', 'No JSON document in the status output', { cause });
  }
  const read = foreignDocument.safeParse(value);
  if (!read.success) throw new LanesError('bad-input', 'Not a runtime status document', { cause: read.error });
  return read.data;
}
