import * as z from 'zod';
import { messageOf } from '../../model/index.ts';
import type { Clock, EditorTools, Log } from '../../ports/index.ts';
import type { AppServer } from '../../runtime/index.ts';
import type { LiveTurn } from './live-turn.ts';
import type { TurnLease } from './turn-lease.ts';
import { readMessage } from './wire.ts';

export type LiveToolsOptions = {
  readonly lease: TurnLease;
  readonly live: LiveTurn;
  /** Null = this process has none. */
  readonly editorTools: EditorTools | null;
  readonly cwd: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long the editor may take, in milliseconds: the model waits for it. */
const patience = 5000;

/** Our looks as a thread is begun with them. */
export function dynamicTools({ specs }: EditorTools): NonNullable<AppServer.ThreadStartParams['dynamicTools']> {
  return specs.map(({ name, description, inputSchema }) => ({
    type: 'function',
    name,
    description,
    inputSchema: z.json().parse(inputSchema),
  }));
}

const noTools = { text: 'The user has switched the editor’s tools off.', success: false };

/**
 * Answers the model's calls of the tools that its thread was begun with, also where they have been switched off since or
 * another process began it: Codex keeps them with the thread.
 */
export function answerTools({ lease, live, editorTools, cwd, clock, log }: LiveToolsOptions): void {
  lease.handle('item/tool/call', ({ id, params }) => {
    const request = readMessage({ id, method: 'item/tool/call', params }, 'server');
    if (request.kind !== 'request' || request.method !== 'item/tool/call') return undefined;
    // Another turn of this window answers its own.
    if (!live.owns(request.params.threadId)) return undefined;
    const { tool, arguments: given } = request.params;
    const asked = editorTools?.call(cwd, { tool, arguments: given }) ?? Promise.resolve(noTools);
    const call = asked.catch((error) => {
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
