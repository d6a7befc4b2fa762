import type { Activity } from '../../compose.ts';
import type { LogEvent } from '../../model/index.ts';
import { isTerminal } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Log } from '../ports.ts';
import type { Session } from '../session/index.ts';
import type { Translate } from '../translate.ts';

/** Tabs lie side by side, so that a long name would push the others out of sight; in characters. */
const longest = 48;

/** What a tab is called: its thread, and what goes on in it. */
export function tabTitle(title: string, { running, awaitingApproval }: Activity, t: Translate): string {
  const whole = title.trim() || t('New thread');
  const name = whole.length > longest ? `${whole.slice(0, longest - 1).trimEnd()}…` : whole;
  if (awaitingApproval) return t('{0} (waits for your answer)', name);
  return running ? t('{0} (running)', name) : name;
}

/** Tells the title of the thread that a chat shows, whenever it or what goes on may be another; `end` stops it. */
export function followTitle(
  { core, session, log }: { readonly core: Core; readonly session: Session; readonly log: Log },
  tell: (title: string) => void,
): () => void {
  let read: string | null = null;
  let title = '';
  let reads = 0;
  const look = async (threadId: string) => {
    const number = ++reads;
    if (read !== threadId) title = '';
    read = threadId;
    const thread = session.thread();
    const app = core.loaded();
    if (app === null || thread === null) return;
    const view = await app.threads.view(thread.threadId);
    if (number !== reads) return;
    title = view.title;
    tell(title);
  };
  const lookAgain = () => {
    const thread = session.thread();
    if (thread === null) return;
    look(thread.threadId).catch((error: unknown) => log.error('The title of a tab could not be read', error));
  };
  const ends = [
    session.onChange(() => {
      if (session.thread()?.threadId === read) tell(title);
      else lookAgain();
    }),
    session.onEvents((events) => {
      if (events.some(mayRename)) lookAgain();
    }),
  ];
  return () => {
    reads += 1;
    for (const end of ends) end();
  };
}

function mayRename(event: LogEvent): boolean {
  return event.kind === 'user_message' || event.kind === 'thread_renamed' || isTerminal(event);
}
