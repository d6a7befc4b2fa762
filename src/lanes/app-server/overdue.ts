import type { TurnError } from '../../model/index.ts';
import type { TurnSight } from '../../runtime/index.ts';
import { silentHop } from '../../runtime/index.ts';

/** Names the hop that was silent: what helps depends on it. */
export function overdueError(sight: TurnSight, limitS: number): TurnError {
  const { message, hint } = silence(sight, limitS);
  return { code: 'no_response', message, retryable: true, hint };
}

function silence(sight: TurnSight, limitS: number): { readonly message: string; readonly hint: string } {
  switch (silentHop(sight)) {
    case 'process':
      return {
        message: `Codex’s app-server did not begin a thread for ${limitS} s, so the turn was given up.`,
        hint: 'Send the prompt again. If it stays like this, an MCP server or a slow folder may hold it up: `codex doctor` looks at them.',
      };
    case 'turn':
      return {
        message: `Codex began the thread and did not start to work for ${limitS} s, so the turn was given up.`,
        hint: 'An MCP server or a plugin may hold it up: check those of Codex’s configuration, then send the prompt again.',
      };
    case 'network':
    case 'reconnecting':
      return {
        message: `Nothing was heard from the provider for ${limitS} s, so the turn was given up.`,
        hint: 'Check that the provider answers, then send the prompt again.',
      };
  }
}
