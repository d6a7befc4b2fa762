import { commands, l10n, window } from 'vscode';
import { Disposables } from '../../base/index.ts';
import type { Leftover } from '../../model/index.ts';
import { threadId as asThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import { leftoverWords } from './leftover-words.ts';

/** After activation, in milliseconds: whatever else the window starts with comes first. */
const pause = 2_000;

/** Ends what dead windows and command lines left behind, once a window, as soon as the workspace is trusted. */
export function register(ctx: HostContext): void {
  const { extension, workspace, log } = ctx;
  const listening = new Disposables();
  extension.subscriptions.push(listening);
  let looked = false;
  const look = () => {
    if (looked || !workspace.trusted()) return;
    looked = true;
    const timer = setTimeout(() => {
      reapLeftovers(ctx).catch((error: unknown) => log.error('What was left behind was not looked for', error));
    }, pause);
    listening.defer(() => clearTimeout(timer));
  };
  listening.defer(workspace.onChange(look));
  look();
}

async function reapLeftovers(ctx: HostContext): Promise<void> {
  const { runtime } = await ctx.core.get();
  const leftovers = await runtime.reap();
  if (leftovers.length > 0) await tellLeftovers(ctx, leftovers);
}

async function tellLeftovers(ctx: HostContext, leftovers: readonly Leftover[]): Promise<void> {
  const { threads } = await ctx.core.get();
  const titles = new Map<string, string>((await threads.list()).map(({ threadId, title }) => [threadId, title]));
  const { ended, survived } = leftoverWords({
    leftovers,
    titleOf: (threadId) => titles.get(threadId) || null,
    timeOf: (at) => startedAt(new Date(at), new Date()),
    t: l10n.t,
  });
  const concerned = leftovers.flatMap(({ threadId }) => (threadId !== null && titles.has(threadId) ? [threadId] : []));
  await Promise.all([
    ended === null ? null : tell(ctx, window.showInformationMessage, ended, concerned),
    survived === null ? null : tell(ctx, window.showErrorMessage, survived, concerned),
  ]);
}

/** With its day, where that is another than today. */
function startedAt(at: Date, now: Date): string {
  const timeStyle = 'short';
  if (at.toDateString() === now.toDateString()) return localTime(at, { timeStyle });
  return localTime(at, { dateStyle: 'short', timeStyle });
}

/** The message stays until the user clicks or closes it. */
async function tell(
  { chats, log }: HostContext,
  show: (text: string, ...buttons: string[]) => Thenable<string | undefined>,
  text: string,
  concerned: readonly string[],
): Promise<void> {
  const [first, ...others] = [...new Set(concerned)];
  const showThread = l10n.t('Show Thread');
  const showLog = l10n.t('Show Log');
  const clicked = await show(text, ...(first === undefined ? [] : [showThread]), showLog);
  if (clicked === showLog) log.show();
  if (clicked !== showThread || first === undefined) return;
  // Which of several was meant is the user's to say.
  if (others.length > 0) {
    await commands.executeCommand('codexLanes.openThread');
  } else {
    await chats.bring(asThreadId(first));
  }
}
