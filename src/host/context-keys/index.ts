import { commands } from 'vscode';
import { optionOf } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import type { ContextKey } from './keys.ts';

/** Publishes what menus ask for; each key only when its value changes. */
export function register({
  extension,
  core,
  settings,
  chats,
  session,
  threadFacts,
  status,
  workspace,
  log,
}: HostContext): void {
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
    publish('codexLanes.inSideBar', chats.current() === chats.sideBar);
    publish('codexLanes.turnRunning', running);
    publish('codexLanes.awaitingApproval', awaitingApproval);
    publish('codexLanes.lane', settings.get().lane.value);
    const { canContinue, hasWorktree, canCompact, canReview } = threadFacts.current();
    publish('codexLanes.canContinue', canContinue && session.refusal() === null);
    publish('codexLanes.hasWorktree', hasWorktree);
    publish('codexLanes.canCompact', canCompact && session.refusal() === null);
    publish('codexLanes.canReview', canReview && session.refusal() === null);
    publish('codexLanes.promptSent', session.thread()?.begun === true);
    const practice = core.loaded()?.practice.state().on === true;
    const { document, inputs, checkedAt } = status.current();
    const runs = (lane: 'api' | 'codex-native') => {
      const option = optionOf(document.providers.codex, lane);
      return option?.available === true && option.selectable;
    };
    // The practice endpoint is not the user's own.
    publish('codexLanes.apiReady', !practice && checkedAt !== null && runs('api'));
    publish('codexLanes.nativeReady', !practice && runs('codex-native'));
    publish('codexLanes.pinned', inputs.native.pin !== null);
  };
  update();
  extension.subscriptions.push(
    { dispose: settings.onChange(update) },
    { dispose: session.onChange(update) },
    { dispose: threadFacts.onChange(update) },
    { dispose: workspace.onChange(update) },
    { dispose: status.onChange(update) },
  );
}
