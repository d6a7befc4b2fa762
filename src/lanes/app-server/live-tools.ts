import { messageOf } from '../../model/index.ts';
import type { Clock, Editor, Log } from '../../ports/index.ts';
import type { AppServer } from '../../runtime/index.ts';
import { callEditorTool } from './editor-tools.ts';
import type { LiveTurn } from './live-turn.ts';
import type { TurnLease } from './turn-lease.ts';
import { readMessage } from './wire.ts';

export type LiveToolsOptions = {
  readonly lease: TurnLease;
  readonly live: LiveTurn;
  /** Null = the tools are off. */
  readonly editor: () => Editor | null;
  readonly cwd: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long the editor may take, in milliseconds: the model waits for it. */
const patience = 5000;

/**
 * Answers the model's calls of the tools that its thread was begun with, also where they have been switched off since or
 * another process began it: Codex keeps them with the thread.
 */
export function answerTools({ lease, live, editor, cwd, clock, log }: LiveToolsOptions): void {
  lease.handle('item/tool/call', ({ id, params }) => {
    const request = readMessage({ id, method: 'item/tool/call', params }, 'server');
    if (request.kind !== 'request' || request.method !== 'item/tool/call') return undefined;
    // Another turn of this window answers its own.
    if (!live.owns(request.params.threadId)) return undefined;
    const { tool, arguments: given } = request.params;
    const call = callEditorTool(editor(), cwd, { tool, arguments: given }).catch((error) => {
      log.warn(`the editor did not answer a tool: ${messageOf(error)}`);
      return { text: 'The editor could not answer.', success: false };
    });
    const late = Promise.withResolvers<{ readonly text: string; readonly success: boolean }>();
    const cancel = clock.after(patience, () =>
      late.resolve({ text: 'The editor did not answer in time.', success: false }),
    );
    return Promise.race([call, late.promise]).then(({ text, success }): AppServer.DynamicToolCallResponse => {
      cancel();
      return { contentItems: [{ type: 'inputText', text }], success };
    });
  });
}
