import type { ExtensionContext } from 'vscode';
import { commands } from 'vscode';
import type { App, AppDeps } from '../compose.ts';
import * as approvals from './approvals/index.ts';
import * as chat from './chat/index.ts';
import * as commandFeature from './commands/index.ts';
import type { HostContext, Outside } from './context.ts';
import * as contextKeys from './context-keys/index.ts';
import { createCore } from './core/index.ts';
import * as doctor from './doctor/index.ts';
import { createEditor } from './editor/index.ts';
import * as explain from './explain/index.ts';
import * as leftovers from './leftovers/index.ts';
import { createLog } from './log/index.ts';
import { createPages } from './pages/index.ts';
import { createProcesses } from './processes/index.ts';
import { createReadings } from './readings/index.ts';
import { createRunning } from './running/index.ts';
import { createSecrets } from './secrets/index.ts';
import { createChats } from './session/index.ts';
import { createSettings } from './settings/index.ts';
import * as settingsProblems from './settings-problems/index.ts';
import { createStatus, storedStatus, storeStatus } from './status/index.ts';
import * as statusBar from './status-bar/index.ts';
import * as statusTree from './status-tree/index.ts';
import * as terminal from './terminal/index.ts';
import { createThreadFacts } from './thread-facts/index.ts';
import * as usage from './usage/index.ts';
import * as working from './working/index.ts';
import { createWorkspace } from './workspace/index.ts';
import { createWorkspaceFiles } from './workspace-files/index.ts';
import * as worktree from './worktree/index.ts';

const features = [
  settingsProblems,
  contextKeys,
  statusBar,
  working,
  approvals,
  statusTree,
  chat,
  terminal,
  doctor,
  explain,
  usage,
  worktree,
  leftovers,
  commandFeature,
];

export type HostParts = Outside & { readonly loadCore: (deps: AppDeps) => Promise<App> };

/** Puts the extension into the window. Synchronous; the core is not loaded and nothing is spawned or read. */
export function activateHost(
  extension: ExtensionContext,
  { env, realPath, node, loadCore }: HostParts,
): { readonly close: () => Promise<void> } {
  const log = createLog();
  extension.subscriptions.push(log);
  const settings = createSettings(extension, env, log);
  const secrets = createSecrets(extension);
  const workspace = createWorkspace();
  const core = createCore(() =>
    loadCore({
      env,
      log,
      secrets,
      settings,
      workspace,
      editor: createEditor(),
      files: createWorkspaceFiles(realPath, node),
      storedStatus: storedStatus(extension),
      storeStatus: storeStatus(extension, log),
      version: String(extension.extension.packageJSON.version),
    }),
  );
  const reveal = async () => void (await commands.executeCommand('codexLanes.chat.focus'));
  const chats = createChats({ extension, core, workspace, log, sideBar: { id: chat.viewId, reveal } });
  const session = chats.following;
  const status = createStatus({ extension, core, settings, workspace, env, log });
  const threadFacts = createThreadFacts(core, session, status, log);
  const processes = createProcesses(core, log);
  extension.subscriptions.push(processes);
  const running = createRunning(core, log);
  extension.subscriptions.push(running);
  const readings = createReadings(core, log);
  extension.subscriptions.push(readings);
  const pages = createPages(extension, log);
  const ctx: HostContext = {
    ...{ extension, env, realPath, node, log, settings, secrets, workspace },
    ...{ core, status, processes, running, readings, pages, chats, session, threadFacts },
  };
  for (const feature of features) feature.register(ctx);
  if (env.CODEX_LANES_PRACTICE !== undefined) showChat(ctx);
  return { close: core.close };
}

/** Practice is for a first look, so the chat is in sight from the start. */
function showChat({ chats, log }: HostContext): void {
  chats.sideBar.reveal().catch((error: unknown) => log.error('The chat was not shown', error));
}
