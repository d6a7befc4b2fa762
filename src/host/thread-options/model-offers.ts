import type { ModelOffer, ThreadOptions } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/**
 * The models that Codex itself tells of, with the efforts of each; it is asked where nobody did yet. None: the gate
 * `interactive` is shut, another lane is selected, or it told of none.
 */
export function offersOf({ status, readings }: HostContext): readonly ModelOffer[] | Promise<readonly ModelOffer[]> {
  const { selected, gates } = status.current().inputs;
  if (selected !== 'codex-native' || !gates.interactive) return [];
  const { models } = readings.current();
  if (models.kind === 'told') return models.value;
  return readings.read().then((read) => (read.models.kind === 'told' ? read.models.value : []));
}

/** Those that were told already. */
export function knownOffers(ctx: HostContext): readonly ModelOffer[] {
  const { selected, gates } = ctx.status.current().inputs;
  const { models } = ctx.readings.current();
  return selected === 'codex-native' && gates.interactive && models.kind === 'told' ? models.value : [];
}

/** The model of the thread's next native turn, as far as it is named here; null = Codex's own configuration names it. */
export function modelOf({ settings }: HostContext, options: ThreadOptions): string | null {
  return options.model ?? settings.get().nativeModel;
}
