import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ThreadView } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { questionWords } from './send-question.ts';
import { visible } from './visible.ts';
import { meaningOf, waitingText } from './waiting-words.tsx';

/**
 * Tells screen readers how a turn ended, once and never a token of it; what needs an answer, before a turn and in it; and
 * once that a hop has fallen silent.
 */
export function Announcer(): JSX.Element {
  const { store } = useApp();
  const thread = store.about.value;
  const turn = thread?.turns.at(-1);
  const now = thread === null ? null : `${thread.threadId} ${turn?.turnId ?? ''} ${turn?.state ?? ''}`;
  const last = useRef<{ readonly state: string; readonly threadId: string } | null>(null);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (thread === null || now === null) return;
    // What a thread is found in is not news; that a turn began is what the reader just did.
    if (last.current?.threadId === thread.threadId && last.current.state !== now) setWords(endOf(thread));
    last.current = { state: now, threadId: thread.threadId };
  }, [now]);
  const question = store.question.value;
  const asked = useRef(false);
  useEffect(() => {
    // Emptied in between, since the same question a second time would not be read out.
    if (question !== null || asked.current)
      setWords(question === null ? '' : t('announceQuestion', questionWords(question.ask)));
    asked.current = question !== null;
  }, [question]);
  const approval = store.approval.value;
  const lastAsked = useRef<string | null>(null);
  useEffect(() => {
    const before = lastAsked.current;
    lastAsked.current = approval?.key ?? null;
    if (approval !== null) setWords(t('announceApproval', visible(approval.what)));
    else if (before !== null && isWithdrawn(store.thread.value, before)) setWords(t('announceWithdrawn'));
  }, [approval?.key]);
  const refused = store.answerRefused.value;
  useEffect(() => {
    if (refused !== null) setWords(refused.message);
  }, [refused]);
  const delivered = store.delivered.value;
  useEffect(() => {
    if (delivered === null) return;
    // The same words a second time would not be read out.
    const again = delivered.n % 2 === 0 ? '\u00a0' : '';
    setWords((delivered.as === 'steer' ? t('announceSteered') : t('announceQueued')) + again);
  }, [delivered]);
  const waiting = store.waiting.value;
  const stall = waiting === null ? null : `${turn?.turnId ?? ''} ${waiting.hop}`;
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (waiting === null || stall === null || told.current === stall) return undefined;
    const timer = setTimeout(
      () => {
        told.current = stall;
        setWords(t('announceStall', waitingText(waiting), meaningOf(waiting.hop)));
      },
      Math.max(0, waiting.stalledAt - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [stall, waiting?.stalledAt]);
  return (
    <div class="sr-only" role="status">
      {words}
    </div>
  );
}

/** It went away without an answer, and the turn goes on. */
function isWithdrawn(thread: ThreadView | null, key: string): boolean {
  const row = thread?.rows.findLast((one) => one.key === key);
  return row?.kind === 'approval' && row.decision === 'withdrawn' && thread?.activeTurnId === row.turnId;
}

/** How the last turn ended; empties what was said before while one runs, since the same words are not read out twice. */
function endOf(thread: ThreadView): string {
  switch (thread.turns.at(-1)?.state) {
    case 'running':
      return '';
    case 'completed':
      return t('announceCompleted');
    case 'interrupted':
      return t('announceInterrupted');
    case 'failed': {
      const failure = thread.rows.findLast((row) => row.kind === 'failure');
      return t('announceFailed', failure?.error.message ?? '');
    }
    case undefined:
      return '';
  }
}
