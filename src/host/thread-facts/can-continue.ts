import type { ThreadView } from '../../model/index.ts';

/** True when the last turn was cut off and Codex still knows the thread: a prompt then goes on where it stood. */
export function canContinue({ activeTurnId, turns, nativeThreadId, queued }: ThreadView): boolean {
  const last = turns.at(-1);
  return (
    activeTurnId === null &&
    queued.length === 0 &&
    nativeThreadId !== null &&
    last?.state === 'interrupted' &&
    last.resolved === 'codex-native'
  );
}
