import type { ActionId } from './actions.ts';
import { actionOf } from './actions.ts';
import type { Copy, CopyCode } from './copy.ts';
import { copy } from './copy.ts';

/** A node of the Runtime view. `icon` is a codicon's name; `id` is stable, so that a view keeps what was expanded. */
export type RuntimeNode = {
  readonly id: string;
  readonly label: Copy;
  readonly description: Copy | null;
  readonly icon: string | null;
  readonly tooltip: Copy | null;
  readonly action?: ActionId;
  /** A living process, which a user may end by its `pid`. */
  readonly contextValue?: 'process';
  readonly pid?: number;
  /** Starts closed: more than most want to see at once. */
  readonly collapsed?: true;
  readonly children: readonly RuntimeNode[];
};

export type NodeExtras = Partial<Omit<RuntimeNode, 'id' | 'label' | 'action'>> & { readonly action?: ActionId | null };

export function node(id: string, label: CopyCode | Copy, { action, ...rest }: NodeExtras): RuntimeNode {
  const named = typeof label === 'string' ? copy(label) : label;
  const bare = { description: null, icon: null, tooltip: null, children: [], ...rest, id, label: named };
  return action === null || action === undefined ? bare : { ...bare, action };
}

/** A row that is nothing but a way out. */
export function actionNode(id: string, action: ActionId): RuntimeNode {
  return node(id, actionOf(action).label, { icon: 'lightbulb', action });
}
