import * as z from 'zod';
import type { AccountFact, FeatureFact, KnownLimits, LimitSnapshot, ModelOffer, Reading } from '../../model/index.ts';
import { messageOf, withLimits } from '../../model/index.ts';
import { safeLine } from '../safe-output.ts';
import type { Lease } from './lease.ts';
import type { Notification, RequestOptions } from './peer.ts';
import { isRpcError } from './rpc-error.ts';

/** What a reader needs of a server. */
export type Asks = Pick<Lease, 'request'>;

/** How long one may take, in milliseconds: offline some try the network first (measured with 0.169: 3.4 s). */
const patience = 20_000;
/** Pages of a list that are read. */
const mostPages = 20;
/** Longest name and description that is shown, in characters. */
const longest = 300;

/** How the server says that there is no such thing, rather than that it failed (0.169). */
const invalidRequest = -32600;

const text = z
  .string()
  .transform((said) => safeLine(said, longest))
  .nullish()
  .catch(null);

const account = z.object({
  account: z.object({ type: z.string(), email: text, planType: text, workspaceName: text }).nullable(),
  requiresOpenaiAuth: z.boolean().catch(true),
});

const percent = z.number();
const window = z
  .object({
    usedPercent: percent,
    windowDurationMins: z.number().positive().nullish().catch(null),
    /** Seconds since the epoch. */
    resetsAt: z.number().positive().nullish().catch(null),
  })
  .transform(({ usedPercent, windowDurationMins, resetsAt }) => ({
    usedPercent,
    minutes: windowDurationMins ?? null,
    resetsAt: resetsAt ? resetsAt * 1000 : null,
  }))
  .nullish()
  .catch(null);

const snapshot = z
  .object({
    limitId: text,
    limitName: text,
    primary: window,
    secondary: window,
    credits: z.object({ hasCredits: z.boolean(), unlimited: z.boolean(), balance: text }).nullish().catch(null),
    rateLimitReachedType: text,
  })
  .transform(
    ({ limitId, limitName, primary, secondary, credits, rateLimitReachedType }): LimitSnapshot => ({
      id: limitId ?? 'codex',
      name: limitName ?? null,
      primary: primary ?? null,
      secondary: secondary ?? null,
      credits: credits?.hasCredits ? { unlimited: credits.unlimited, balance: credits.balance ?? null } : null,
      reached: rateLimitReachedType ?? null,
    }),
  );

const allLimits = z.object({
  rateLimits: snapshot,
  rateLimitsByLimitId: z.record(z.string(), snapshot).nullish().catch(null),
});
const limitsNotice = z.object({ rateLimits: snapshot });

const model = z
  .object({
    model: z.string().min(1),
    displayName: text,
    description: text,
    hidden: z.boolean().catch(false),
    supportedReasoningEfforts: z
      .array(z.object({ reasoningEffort: z.string(), description: text }))
      .nullish()
      .catch([]),
    defaultReasoningEffort: text,
    isDefault: z.boolean().catch(false),
  })
  .transform((told): ModelOffer & { readonly hidden: boolean } => ({
    id: told.model,
    label: told.displayName || told.model,
    description: told.description ?? '',
    efforts: (told.supportedReasoningEfforts ?? []).map(({ reasoningEffort, description }) => ({
      effort: reasoningEffort,
      description: description ?? '',
    })),
    defaultEffort: told.defaultReasoningEffort ?? null,
    isDefault: told.isDefault,
    hidden: told.hidden,
  }));

const feature = z
  .object({
    name: z.string().min(1),
    stage: z.string(),
    displayName: text,
    description: text,
    enabled: z.boolean(),
    defaultEnabled: z.boolean().catch(false),
  })
  .transform(
    ({ name, stage, displayName, description, enabled, defaultEnabled }): FeatureFact => ({
      name: safeLine(name, longest),
      label: displayName || safeLine(name, longest),
      description: description ?? '',
      stage: safeLine(stage, longest),
      enabled,
      byDefault: defaultEnabled,
    }),
  );

const page = z.object({ data: z.array(z.unknown()), nextCursor: z.string().nullish() });

/** Of one request. */
type Limits = Pick<RequestOptions<never>, 'timeoutMs' | 'signal'>;

type Ask = { readonly now: () => number; readonly signal: AbortSignal };

/** Whom Codex works for. Offline with a login of ChatGPT 0.169 refuses (-32603). Never throws. */
export function readAccount(lease: Asks, ask: Ask): Promise<Reading<AccountFact>> {
  return reading(ask, async (options) => {
    const told = await lease.request('account/read', {}, account, options);
    const { requiresOpenaiAuth: needsLogin } = told;
    if (told.account === null) return { kind: 'none', name: null, workspace: null, plan: null, needsLogin };
    const { type, email = null, planType: plan = null, workspaceName: workspace = null } = told.account;
    switch (type) {
      case 'chatgpt':
        return { kind: 'chatgpt', name: email, workspace, plan, needsLogin };
      case 'apiKey':
        return { kind: 'api-key', name: null, workspace, plan, needsLogin };
      default:
        return { kind: 'other', name: safeLine(type, longest), workspace, plan, needsLogin };
    }
  });
}

/** All limits of the account. Only a login of ChatGPT has them: else 0.169 refuses (-32600). Never throws. */
export function readLimits(lease: Asks, ask: Ask): Promise<Reading<KnownLimits>> {
  return reading(ask, async (options) => {
    const told = await lease.request(
      'account/rateLimits/read',
      { excludeResetCreditDetails: true },
      allLimits,
      options,
    );
    const each = Object.entries(told.rateLimitsByLimitId ?? {}).map(([id, own]) => ({ ...own, id }));
    const at = ask.now();
    return [told.rateLimits, ...each].reduce((known: KnownLimits, own) => withLimits(known, own, at), {});
  });
}

/** The models that Codex offers, without those that it hides. Never throws. */
export function readModelOffers(lease: Asks, ask: Ask): Promise<Reading<readonly ModelOffer[]>> {
  return reading(ask, async (options) => {
    const rows = await pages((cursor) => lease.request('model/list', { cursor }, page, options));
    return rows.flatMap((row) => {
      const { data } = model.safeParse(row);
      if (data === undefined || data.hidden) return [];
      const { hidden: _, ...offer } = data;
      return [offer];
    });
  });
}

/** Codex's own switches. Never throws. */
export function readFeatures(lease: Asks, ask: Ask): Promise<Reading<readonly FeatureFact[]>> {
  return reading(ask, async (options) => {
    const rows = await pages((cursor) => lease.request('experimentalFeature/list', { cursor }, page, options));
    return rows.flatMap((row) => feature.safeParse(row).data ?? []);
  });
}

/** Limits that the server tells during a turn, with when it says so; null = it is something else, or not understood. */
export function limitsTold(
  { method, params, emittedAtMs }: Notification,
  now: number,
): { readonly snapshot: LimitSnapshot; readonly at: number } | null {
  if (method !== 'account/rateLimits/updated') return null;
  const { data } = limitsNotice.safeParse(params);
  if (data === undefined) return null;
  const { primary, secondary, credits, reached } = data.rateLimits;
  // Told after each answer of an endpoint that says nothing of limits, too (measured with 0.169).
  if ([primary, secondary, credits, reached].every((part) => part === null)) return null;
  // A server's clock that runs ahead must not outdo what is told later.
  return { snapshot: data.rateLimits, at: Math.min(emittedAtMs ?? now, now) };
}

const accountNotice = z.object({ authMode: z.string().nullish(), planType: text });

/** Whether the server tells of another account than the one that was read: signed out, another kind, another plan. */
export function isAnotherAccount({ method, params }: Notification, known: AccountFact): boolean {
  if (method !== 'account/updated') return false;
  const { data } = accountNotice.safeParse(params);
  if (data === undefined) return false;
  const { authMode, planType } = data;
  if (known.kind === 'other') return !authMode;
  const kind = !authMode ? 'none' : /^chatgpt/i.test(authMode) ? 'chatgpt' : 'api-key';
  return kind !== known.kind || (!!planType && planType !== known.plan);
}

async function pages(ask: (cursor: string | null) => Promise<z.infer<typeof page>>): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | null = null;
  for (let read = 0; read < mostPages; read += 1) {
    const { data, nextCursor }: z.infer<typeof page> = await ask(cursor);
    rows.push(...data);
    if (!nextCursor || nextCursor === cursor) break;
    cursor = nextCursor;
  }
  return rows;
}

async function reading<T>({ now, signal }: Ask, ask: (options: Limits) => Promise<T>): Promise<Reading<T>> {
  try {
    const value = await ask({ timeoutMs: patience, signal });
    return { kind: 'told', at: new Date(now()).toISOString(), value };
  } catch (error) {
    const lacks =
      isRpcError(error, 'refused') && error.failure.kind === 'refused' && error.failure.code === invalidRequest;
    return { kind: 'none', why: lacks ? 'not-applicable' : 'failed', detail: safeLine(messageOf(error), longest) };
  }
}
