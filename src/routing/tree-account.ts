import type { AccountFact, FeatureFact, KnownLimits, Reading, Readings } from '../model/index.ts';
import { limitWindows } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import type { TimeOf } from './limits.ts';
import { endpointCopy, limitCopy } from './limits.ts';
import type { NodeExtras, RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';

/** What was told, with how to write a time. */
export type ToldReadings = { readonly readings: Readings; readonly timeOf: TimeOf };

/** Whom Codex works for and what is left of it, each with when it was told or why it is not known. */
export function accountSection({ readings, timeOf }: ToldReadings, now: number): RuntimeNode {
  const { account, limits, endpoint, features } = readings;
  return node('account', 'tree.account', {
    icon: 'account',
    children: [
      ...accountRows(account, timeOf),
      ...limitRows(limits, now, timeOf),
      ...(endpoint.kind === 'none'
        ? []
        : endpoint.value.map((each) => {
            const { label, description } = endpointCopy(each, now);
            return node(`account.endpoint.${each.of}`, label, { description, tooltip: readAt(endpoint.at, timeOf) });
          })),
      featureRow(features, timeOf),
    ],
  });
}

function accountRows(account: Reading<AccountFact>, timeOf: TimeOf): readonly RuntimeNode[] {
  if (account.kind === 'none') return [node('account.who', 'tree.account.who', nothing(account))];
  const { plan, workspace } = account.value;
  const tooltip = readAt(account.at, timeOf);
  const row = (id: string, label: 'tree.account.plan' | 'tree.account.workspace', text: string | null) =>
    text === null ? [] : [node(id, label, { description: copy('verbatim', text), tooltip })];
  return [
    node('account.who', 'tree.account.who', { description: whoIs(account.value), tooltip }),
    ...row('account.plan', 'tree.account.plan', plan),
    ...row('account.workspace', 'tree.account.workspace', workspace),
  ];
}

/** The account in words. */
export function whoIs({ kind, name, needsLogin }: AccountFact): Copy {
  switch (kind) {
    case 'chatgpt':
      return copy('verbatim', name === null ? 'ChatGPT' : `ChatGPT: ${name}`);
    case 'api-key':
      return copy('account.api-key');
    case 'other':
      return copy('verbatim', name ?? '');
    case 'none':
      return copy(needsLogin ? 'account.none' : 'account.unneeded');
  }
}

function limitRows(limits: Reading<KnownLimits>, now: number, timeOf: TimeOf): readonly RuntimeNode[] {
  if (limits.kind === 'none') {
    const none = nothing(limits);
    const description = limits.why === 'not-applicable' ? copy('limits.not-applicable') : none.description;
    return [node('account.limits', 'tree.account.limits', { ...none, description: description ?? null })];
  }
  const windows = limitWindows(limits.value, now).map((window) => {
    const { label, description } = limitCopy(window, timeOf);
    const icon = (window.usedPercent ?? 0) >= 100 ? 'circle-slash' : (window.usedPercent ?? 0) >= 75 ? 'warning' : null;
    const tooltip = copy('tree.account.read', timeOf(window.toldAt));
    return node(`account.limit.${window.id}`, label, { description, icon, tooltip });
  });
  const more = Object.entries(limits.value).flatMap(([id, { credits, reached, primary, secondary }]) => {
    const open = [primary, secondary].every((window) => window === null || window.usedPercent.value < 100);
    const used = credits === null ? null : credits.value.unlimited ? copy('limit.credits.unlimited') : null;
    const balance = credits?.value.balance ?? null;
    return [
      ...(used === null && balance === null
        ? []
        : [
            node(`account.credits.${id}`, 'tree.account.credits', {
              description: used ?? copy('limit.left', balance ?? ''),
            }),
          ]),
      // Nobody says when that ends, so a window that is open again says more.
      ...(reached === null || (open && (primary !== null || secondary !== null))
        ? []
        : [
            node(`account.reached.${id}`, 'tree.account.reached', {
              description: copy('verbatim', reached.value.replaceAll('_', ' ')),
              icon: 'circle-slash',
            }),
          ]),
    ];
  });
  if (windows.length + more.length > 0) return [...windows, ...more];
  return [node('account.limits', 'tree.account.limits', { description: copy('limits.none') })];
}

/** Those that are offered to be tried, and those that somebody switched. */
function featureRow(features: Reading<readonly FeatureFact[]>, timeOf: TimeOf): RuntimeNode {
  if (features.kind === 'none') return node('features', 'tree.features', nothing(features));
  const shown = features.value.filter(({ stage, enabled, byDefault }) => stage === 'beta' || enabled !== byDefault);
  const on = shown.filter(({ enabled }) => enabled).length;
  return node('features', 'tree.features', {
    description: copy('tree.features.count', String(on), String(shown.length)),
    tooltip: readAt(features.at, timeOf),
    collapsed: true,
    children: shown.map(({ name, label, description, stage, enabled }) =>
      node(`features.${name}`, copy('verbatim', label), {
        description: copy(enabled ? 'feature.on' : 'feature.off'),
        icon: enabled ? 'pass' : 'dash',
        tooltip: copy('feature.what', description || name, stage),
      }),
    ),
  });
}

function nothing({ why, detail }: Extract<Reading<unknown>, { kind: 'none' }>): NodeExtras {
  const description = detail === null || why === 'not-read' ? copy('reading.not-read') : copy(`reading.${why}`, detail);
  return {
    description,
    icon: 'question',
    tooltip: description,
    // The page asks for it.
    action: why === 'shut' ? null : 'showUsage',
  };
}

const readAt = (at: string, timeOf: TimeOf): Copy => copy('tree.account.read', timeOf(Date.parse(at)));
