import * as z from 'zod';
import type { ApprovalPolicy, NativeThreadId } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import type { LaneTurn } from '../../ports/index.ts';
import type { AppServer } from '../../runtime/index.ts';
import { isRpcError } from '../../runtime/index.ts';
import { isThreadLost } from './server-failure.ts';
import type { TurnLease } from './turn-lease.ts';

const opened = z.looseObject({
  thread: z.looseObject({ id: z.string() }),
  sandbox: z.unknown().optional(),
  modelProvider: z.string().nullish(),
});

/** The runtime's thread that a turn runs in, loaded by the server: nobody else can write it until it is let go. */
export type OpenThread = {
  readonly id: NativeThreadId;
  /** The sandbox as the server has it in effect. */
  readonly sandbox: unknown;
  /** `lost`: the one that was asked for is gone, and this is a new one. */
  readonly how: 'new' | 'resumed' | 'forked' | 'lost';
  /** It was begun with tools of ours; left out = no. */
  readonly offered?: boolean;
  /** The provider that it goes on with, by its id in Codex’s configuration; left out = not told. */
  readonly provider?: string;
};

export type OpenOptions = {
  readonly cwd: string;
  readonly approvalPolicy: Extract<ApprovalPolicy, 'never' | 'on-request' | 'untrusted'>;
  /** A thread that begins is begun with these; Codex keeps them with it, whoever takes it up again (measured with 0.169). */
  readonly tools: AppServer.ThreadStartParams['dynamicTools'];
  /** Hears the thread's id in its place in the stream, before whatever is said of the thread. */
  readonly onOpen: (thread: OpenThread) => void;
};

/** Begins, takes up or branches off the thread of a turn. Throws RpcError. A new one stands in only for one that is gone. */
export async function openThread(lease: TurnLease, turn: LaneTurn, options: OpenOptions): Promise<OpenThread> {
  const { cwd, approvalPolicy, tools } = options;
  const { sandbox, model, nativeThreadId: asked, forkOf, ephemeral } = turn;
  const settings = { cwd, sandbox, approvalPolicy, ...(model === null ? {} : { model }) };
  const hear = (how: OpenThread['how'], offered = false) => {
    const made = Promise.withResolvers<OpenThread>();
    const onAnswer = ({ thread, sandbox: inEffect, modelProvider }: z.infer<typeof opened>): void => {
      const provider = modelProvider == null ? {} : { provider: modelProvider };
      const open = { id: nativeThreadId(thread.id), sandbox: inEffect, how, offered, ...provider };
      options.onOpen(open);
      made.resolve(open);
    };
    return { made: made.promise, onAnswer };
  };
  const start = async (how: 'new' | 'lost'): Promise<OpenThread> => {
    const begin = async (dynamicTools: typeof tools): Promise<OpenThread> => {
      const { made, onAnswer } = hear(how, dynamicTools != null);
      const offer = dynamicTools == null ? {} : { dynamicTools };
      await lease.request('thread/start', { ...settings, ephemeral, ...offer }, opened, { onAnswer });
      return made;
    };
    try {
      return await begin(tools);
    } catch (error) {
      // A build that knows them by another shape, or not at all: a turn needs none.
      if (
        tools == null ||
        !isRpcError(error, 'refused') ||
        !/dynamic.?tool|missing field|unknown/i.test(error.message)
      ) {
        throw error;
      }
      return begin(null);
    }
  };
  if (asked !== null) {
    const { made, onAnswer } = hear('resumed');
    try {
      await lease.request('thread/resume', { ...settings, threadId: asked, excludeTurns: true }, opened, { onAnswer });
    } catch (error) {
      // Of a new one there is nothing to compact.
      if (isThreadLost(error) && turn.act?.kind !== 'compact') return start('lost');
      throw error;
    }
    return made;
  }
  if (forkOf === null) return start('new');
  const { made, onAnswer } = hear('forked');
  const params = { ...settings, threadId: forkOf, ephemeral, excludeTurns: true };
  await lease.request('thread/fork', params, opened, { onAnswer });
  return made;
}
