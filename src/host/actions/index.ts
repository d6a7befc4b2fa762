import { commands } from 'vscode';
import type { Action, ActionId } from '../../routing/index.ts';
import { actionIds, actionOf } from '../../routing/index.ts';
import type { Log } from '../ports.ts';

/** The action of that name, or null: names come from the view too, which is not trusted. */
function actionNamed(id: string): Action | null {
  const known: ActionId | undefined = actionIds.find((name) => name === id);
  return known === undefined ? null : actionOf(known);
}

export async function runAction(id: string, log: Log): Promise<void> {
  const action = actionNamed(id);
  if (action === null) log.warn('The view asked for an action that does not exist');
  else await commands.executeCommand(action.command, ...action.args);
}
