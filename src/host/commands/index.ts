import { commands, l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import { messageOf, threadId } from '../../model/index.ts';
import { compactThread, reviewChanges } from '../acts/index.ts';
import { showGrants } from '../approvals/index.ts';
import { attachImage } from '../attachments/index.ts';
import { pickBinary } from '../binary-picker/index.ts';
import { openShownInTab, openTab } from '../chat/index.ts';
import { installCodex } from '../codex-install/index.ts';
import type { HostContext } from '../context.ts';
import { continueTurn } from '../continue/index.ts';
import { runDoctor } from '../doctor/index.ts';
import { showExplanation } from '../explain/index.ts';
import { forkThread } from '../fork/index.ts';
import { pickLane, useLane } from '../lane-picker/index.ts';
import { clearApiKey, clearNativeKey, setApiKey, setNativeKey } from '../secrets/index.ts';
import { sendAsking } from '../send/index.ts';
import { signIn } from '../sign-in/index.ts';
import { pickOptions } from '../thread-options/index.ts';
import { openThread } from '../thread-picker/index.ts';
import { renameThread } from '../thread-rename/index.ts';
import { showUsage } from '../usage/index.ts';
import { discard, merge, showDiff } from '../worktree/index.ts';
import type { CommandId } from './command-ids.ts';
import { commandIds } from './command-ids.ts';
import { endProcess } from './end-process.ts';
import { forgetEndpoint } from './forget-endpoint.ts';
import { liftPin } from './lift-pin.ts';
import { togglePractice } from './practice.ts';
import { unlockNative } from './unlock-native.ts';

type Handler = (ctx: HostContext, ...args: readonly unknown[]) => unknown;

const handlers: Readonly<Record<CommandId, Handler>> = {
  'codexLanes.selectLane': pickLane,
  'codexLanes.useApiLane': (ctx) => useLane(ctx, 'api'),
  'codexLanes.useNativeLane': (ctx) => useLane(ctx, 'codex-native'),
  'codexLanes.useAuto': (ctx) => useLane(ctx, 'auto'),
  'codexLanes.newThread': startNew,
  'codexLanes.openThread': (ctx, given) => openThread(ctx, idOf(given)),
  'codexLanes.openInEditor': (ctx, given) => openTab(ctx, 'active', idOf(given) ?? null),
  'codexLanes.openInEditorBeside': (ctx, given) => openTab(ctx, 'beside', idOf(given) ?? null),
  'codexLanes.openInNewWindow': (ctx, given) => openTab(ctx, 'window', idOf(given) ?? null),
  'codexLanes.moveToEditor': openShownInTab,
  // The buttons above the side bar's chat are about that one, whichever was used last.
  'codexLanes.sideBar.newThread': (ctx) => startNew({ ...ctx, session: ctx.chats.sideBar }),
  'codexLanes.sideBar.openThread': (ctx) => openThread({ ...ctx, session: ctx.chats.sideBar }),
  'codexLanes.renameThread': ofShown(renameThread),
  'codexLanes.forkThread': ofShown(forkThread),
  'codexLanes.threadOptions': ofShown(pickOptions),
  'codexLanes.compactThread': ofShown(compactThread),
  'codexLanes.reviewChanges': ofShown(reviewChanges),
  'codexLanes.continueTurn': continueTurn,
  'codexLanes.attachImage': attachImage,
  'codexLanes.worktree.diff': ofShown(showDiff),
  'codexLanes.worktree.merge': ofShown(merge),
  'codexLanes.worktree.discard': ofShown(discard),
  'codexLanes.sendPrompt': sendPrompt,
  'codexLanes.stopTurn': ({ session }) => session.stop(),
  'codexLanes.refreshStatus': async ({ status }) => {
    await status.refresh();
  },
  'codexLanes.showLog': ({ log }) => log.show(),
  'codexLanes.setApiKey': setApiKey,
  'codexLanes.clearApiKey': clearApiKey,
  'codexLanes.setNativeKey': setNativeKey,
  'codexLanes.clearNativeKey': clearNativeKey,
  'codexLanes.signIn': signIn,
  'codexLanes.unlockNative': unlockNative,
  'codexLanes.liftPin': liftPin,
  'codexLanes.forgetEndpoint': forgetEndpoint,
  'codexLanes.installCodex': installCodex,
  'codexLanes.useBinary': pickBinary,
  'codexLanes.runDoctor': runDoctor,
  'codexLanes.explain': showExplanation,
  'codexLanes.showUsage': showUsage,
  'codexLanes.showGrants': showGrants,
  'codexLanes.endProcess': endProcess,
  'codexLanes.practice.toggle': togglePractice,
  'codexLanes.openWalkthrough': ({ extension }) =>
    commands.executeCommand('workbench.action.openWalkthrough', `${extension.extension.id}#start`, false),
};

export function register(ctx: HostContext): void {
  for (const id of commandIds) {
    ctx.extension.subscriptions.push(commands.registerCommand(id, (...args: unknown[]) => run(ctx, id, args)));
  }
}

async function startNew({ session }: HostContext): Promise<void> {
  await session.startNew();
  await session.reveal();
}

/** A thread as a key binding or another command names it. */
function idOf(given: unknown): ThreadId | undefined {
  return typeof given === 'string' ? threadId(given) : undefined;
}

/** A command about the thread that the chat shows. What a key binding brings along is handed on. */
function ofShown(call: (ctx: HostContext, threadId: ThreadId, given?: unknown) => Promise<void>): Handler {
  return async (ctx, given) => {
    const { thread } = await ctx.session.open();
    await call(ctx, thread.threadId, given);
  };
}

/** A command that fails says so in one sentence; the rest is in the log. */
async function run(ctx: HostContext, id: CommandId, args: readonly unknown[]): Promise<unknown> {
  try {
    // The chat that was used when it began: another may be used before it is done.
    return await handlers[id]({ ...ctx, session: ctx.chats.current() }, ...args);
  } catch (error) {
    ctx.log.error(`${id} failed`, error);
    const showLog = l10n.t('Show Log');
    void window.showErrorMessage(messageOf(error), showLog).then((clicked) => {
      if (clicked === showLog) ctx.log.show();
    });
    return undefined;
  }
}

/** Sends `text`, or what the user types, as the next prompt of the chat's thread. */
async function sendPrompt({ session }: HostContext, text: unknown): Promise<void> {
  const prompt = typeof text === 'string' ? text : await askForPrompt();
  if (prompt === undefined || prompt.trim() === '') return;
  await sendAsking(session, prompt);
}

function askForPrompt(): Thenable<string | undefined> {
  return window.showInputBox({
    title: l10n.t('Send Prompt'),
    prompt: l10n.t('It is sent in the thread that the chat shows.'),
    ignoreFocusOut: true,
  });
}
