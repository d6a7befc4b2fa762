import * as z from 'zod';
import { messageOf } from '../../model/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import type { LiveTurn } from './live-turn.ts';
import type { TurnLease } from './turn-lease.ts';

/** How long a turn may take to end once it is asked to, in milliseconds (measured: 8 to 130). */
const patience = 10_000;
/** The same for the end of its commands. */
const commandPatience = 2000;

const anything = z.unknown();
const terminals = z.looseObject({
  data: z.array(z.looseObject({ itemId: z.string(), processId: z.string() })),
  nextCursor: z.string().nullish(),
});

export type StopOptions = {
  readonly lease: TurnLease;
  readonly live: LiveTurn;
  /** Settles when the turn has begun, or could not. */
  readonly beginning: Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Ends the turn: asks Codex to, then ends the server, where it does not obey. Resolves when the turn has ended; true = the
 * server had to be ended.
 */
export async function interrupt({ lease, live, beginning, clock, log }: StopOptions): Promise<boolean> {
  const late = Promise.withResolvers<'late'>();
  const cancel = clock.after(patience, () => late.resolve('late'));
  const ask = async (): Promise<void> => {
    // A turn that is about to begin can be stopped only once it has.
    await beginning;
    let over = false;
    void live.ended.then(() => {
      over = true;
    });
    for (;;) {
      const { thread, activeId: turnId, activeChanged } = live;
      if (over || thread === null || turnId === null || live.state?.end !== null) return;
      const refused = await lease
        .request('turn/interrupt', { threadId: thread.id, turnId }, anything)
        .then(() => null, messageOf);
      // A review goes on under another id than it began with (measured): what came in between is refused.
      if (refused !== null) log.info(`a turn could not be interrupted: ${refused}`);
      const again = refused === null ? [] : [live.activeId === turnId ? activeChanged : Promise.resolve()];
      await Promise.race([live.ended, ...again]);
    }
  };
  try {
    if ((await Promise.race([ask(), live.ended, late.promise])) !== 'late') return false;
    log.warn('Codex’s app-server did not end a turn in time, so it was ended itself.');
    await lease.endServer();
    return true;
  } finally {
    cancel();
  }
}

/** Ends what the commands of this turn left running: Codex itself lets them run on. How many there were. Never rejects. */
export async function endCommands(lease: TurnLease, live: LiveTurn, log: Log): Promise<number> {
  const { thread, state } = live;
  if (thread === null || state === null) return 0;
  const threadId = thread.id;
  const options = { timeoutMs: commandPatience };
  const open = Object.values(state.open).some(({ item }) => item?.type === 'commandExecution');
  if (!open) return 0;
  try {
    const listed = await lease.request('thread/backgroundTerminals/list', { threadId }, terminals, options);
    const ends = listed.data.map(({ processId }) =>
      lease.request('thread/backgroundTerminals/terminate', { threadId, processId }, anything, options),
    );
    await Promise.all(ends);
    return listed.data.length;
  } catch (error) {
    // Letting the thread go ends them, too.
    log.info(`the commands of a turn are ended with its thread: ${messageOf(error)}`);
    return 0;
  }
}
