import type { ApiModel, EndpointFeature } from '../../model/index.ts';
import type { LaneTurn, SettingsSnapshot } from '../../ports/index.ts';

/**
 * What a model takes not, as its endpoint's own list says, of what the user chose for the turn. Where the list says nothing,
 * the endpoint is asked by sending it.
 */
export function toldLacks(
  facts: ApiModel | null,
  turn: Pick<LaneTurn, 'effort'>,
  settings: Pick<SettingsSnapshot, 'apiEffort' | 'apiVerbosity'>,
): readonly { readonly feature: EndpointFeature; readonly says: string }[] {
  const { takes = {}, id = '' } = facts ?? {};
  const effort = turn.effort ?? settings.apiEffort;
  return [
    ...(takes.effort === false && effort
      ? [
          {
            feature: 'reasoningEffort',
            says: `The endpoint’s list says that ${id} takes no reasoning effort: left out.`,
          } as const,
        ]
      : []),
    ...(takes.verbosity === false && settings.apiVerbosity
      ? [{ feature: 'verbosity', says: `The endpoint’s list says that ${id} takes no verbosity: left out.` } as const]
      : []),
  ];
}
