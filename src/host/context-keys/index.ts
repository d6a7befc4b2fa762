import { commands } from 'vscode';
import type { HostContext } from '../context.ts';
import type { ContextKey } from './keys.ts';

/** Publishes what menus ask for; each key only when its value changes. */
export function register({ extension, settings, session, log }: HostContext): void {
  const published = new Map<ContextKey, unknown>();
  const publish = (key: ContextKey, value: unknown) => {
    if (published.get(key) === value) return;
    published.set(key, value);
    commands
      .executeCommand('setContext', key, value)
      .then(undefined, (error) => log.error('A context key was not set', error));
  };
  const update = () => {
    const { running, awaitingApproval } = session.activity();
    publish('codexLanes.turnRunning', running);
    publish('codexLanes.awaitingApproval', awaitingApproval);
    publish('codexLanes.lane', settings.get().lane.value);
  };
  update();
  extension.subscriptions.push({ dispose: settings.onChange(update) }, { dispose: session.onChange(update) });
}
