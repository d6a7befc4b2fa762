import type { LaneTurn, SettingsSnapshot } from '../../ports/index.ts';
import type { EndpointFeatures } from './features.ts';

/** How the model is to think and write, and how the endpoint serves it, as far as the user chose and the endpoint takes it. */
export function requestOptions(
  turn: Pick<LaneTurn, 'effort'>,
  settings: Pick<SettingsSnapshot, 'apiEffort' | 'apiVerbosity' | 'apiServiceTier'>,
  features: EndpointFeatures,
): Readonly<Record<string, unknown>> & { readonly text?: Readonly<Record<string, unknown>> } {
  const { apiVerbosity: verbosity, apiServiceTier: tier } = settings;
  const effort = features.reasoningEffort ? (turn.effort ?? settings.apiEffort) : null;
  // A model that does not reason is not asked for a summary of it.
  const summary = effort !== null && features.reasoningSummary;
  return {
    ...(effort === null ? {} : { reasoning: { effort, ...(summary ? { summary: 'auto' } : {}) } }),
    ...(verbosity && features.verbosity ? { text: { verbosity } } : {}),
    ...(tier && features.serviceTier ? { service_tier: tier } : {}),
    ...(features.store ? { store: false } : {}),
  };
}
