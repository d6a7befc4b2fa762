import type { ComponentChildren } from 'preact';
import type { Hop, Waiting } from '../state/index.ts';
import { t } from '../strings.ts';
import { insideShell } from './inside-shell.ts';
import { visible } from './visible.ts';

/** What the turn waits for, as the words of a line. */
export function waitingFor(waiting: Waiting): ComponentChildren {
  if (waiting.hop !== 'command' || waiting.what === null) return waitingText(waiting);
  const command = visible(insideShell(waiting.what)).replace(/\s*\n\s*/g, ' ⏎ ');
  return (
    <>
      {t('running')} <code>{command}</code>
    </>
  );
}

/** The same as text alone. */
export function waitingText({ hop, what }: Waiting): string {
  const named = what === null ? null : visible(what);
  switch (hop) {
    case 'process':
      return t('waitProcess');
    case 'thread':
      return t('waitThread');
    case 'turn':
      return t('waitTurn');
    case 'network':
      return t('waitNetwork');
    case 'request':
      return named === null ? t('waitNetwork') : t('waitEndpoint', named);
    case 'reply':
      return t('waitReply');
    case 'reconnecting':
      return t('waitReconnecting');
    case 'command':
      return t('runningCommand');
    case 'tool':
      return named === null ? t('waitTool') : t('callingTool', named);
    case 'exit':
      return t('waitExit');
  }
}

/** What a silent hop usually means, in plain words. */
export function meaningOf(hop: Hop): string {
  switch (hop) {
    case 'process':
      return t('meansProcess');
    case 'thread':
      return t('meansThread');
    case 'turn':
      return t('meansTurn');
    case 'network':
      return t('meansNetwork');
    case 'request':
      return t('meansRequest');
    case 'reply':
      return t('meansReply');
    case 'reconnecting':
      return t('meansReconnecting');
    case 'command':
      return t('meansCommand');
    case 'tool':
      return t('meansTool');
    case 'exit':
      return t('meansExit');
  }
}
