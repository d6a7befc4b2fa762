import type { ToolCall, ToolIo, ToolOutcome } from '../../ports/index.ts';
import type { ResolvedPath } from '../paths/index.ts';
import { resolvePath } from '../paths/index.ts';
import { permit } from '../permission.ts';
import type { ToolTurn } from '../tool.ts';
import { said } from '../tool.ts';

export type OpenPath = Exclude<ResolvedPath, { kind: 'refused' }>;
export type Opened =
  | { readonly kind: 'open'; readonly at: OpenPath }
  /** What the model is told instead. */
  | { readonly kind: 'shut'; readonly outcome: ToolOutcome };

/** Resolves paths of one turn for reading, and asks where that must be asked. */
export type OpenPlace = (given: string, call: ToolCall, io: ToolIo) => Promise<Opened>;

/** What was allowed once is not asked again within the turn: the model has it by then. */
export function openPlaces(turn: ToolTurn): OpenPlace {
  const allowed = new Set<string>();
  return async (given, { itemId }, io) => {
    const at = await resolvePath(turn, given, 'read');
    if (at.kind === 'refused') return { kind: 'shut', outcome: said(`${at.name}: ${at.why}`, 'failed') };
    if (at.kind === 'inside' || allowed.has(at.real)) return { kind: 'open', at };
    const answer = await permit(
      {
        policy: turn.policy,
        acts: [{ kind: 'read', place: at.kind }],
        subject: 'permissions',
        what: at.real,
        because: at.why,
        itemId,
      },
      io,
    );
    if (answer.kind === 'refused') return { kind: 'shut', outcome: answer.outcome };
    allowed.add(at.real);
    return { kind: 'open', at };
  };
}
