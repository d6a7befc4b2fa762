import type { ModelOffer } from '../model/index.ts';
import { lacksEffort } from '../model/index.ts';
import type { Lane } from '../ports/index.ts';

/**
 * Says in the turn that its model lists no such effort. 0.169 sends an effort that it does not know as it stands, and takes
 * a lower one in place of a known one, without a word.
 */
export function sayingOfEffort(lane: Lane, offer: (model: string | null) => ModelOffer | null): Lane {
  return {
    ...lane,
    run: (turn, io) => {
      const model = offer(turn.model);
      if (model !== null && lacksEffort(model, turn.effort)) {
        const efforts = model.efforts.map(({ effort }) => effort).join(', ');
        const text = `${model.label} does not list the reasoning effort ${turn.effort}: Codex may use another. It lists ${efforts}.`;
        io.emit({ kind: 'warning', source: 'config', text, code: 'effort_not_listed' });
      }
      return lane.run(turn, io);
    },
  };
}
