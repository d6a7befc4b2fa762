import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ThreadView } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { questionWords } from './send-question.tsx';

/** Tells screen readers that a turn began and how it ended, twice a turn, never a token; and what is asked before one. */
export function Announcer(): JSX.Element {
  const { store } = useApp();
  const thread = store.thread.value;
  const turn = thread?.turns.at(-1);
  const now = thread === null ? null : `${thread.threadId} ${turn?.turnId ?? ''} ${turn?.state ?? ''}`;
  const last = useRef<{ readonly state: string; readonly threadId: string } | null>(null);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (thread === null || now === null) return;
    // What a thread is found in is not news.
    if (last.current?.threadId === thread.threadId && last.current.state !== now) setWords(wordsOf(thread));
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
  return (
    <div class="sr-only" role="status">
      {words}
    </div>
  );
}

function wordsOf(thread: ThreadView): string {
  switch (thread.turns.at(-1)?.state) {
    case 'running':
      return t('announceStarted');
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
