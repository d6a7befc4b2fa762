import type { NativeThreadId } from './ids.ts';
import type { HistoryCompleteness } from './receipt.ts';

/** Which of the runtime's own threads a thread of ours goes on with. */
export type ImportedFrom = {
  readonly nativeThreadId: NativeThreadId;
  /** What made it, in the runtime's word (`cli`, `exec`, `vscode`, `appServer`); null = not told. */
  readonly source: string | null;
  /** Version of the program that made it; null = not told. */
  readonly cliVersion: string | null;
  readonly historyCompleteness: HistoryCompleteness;
  /** How many of its turns stand in the log. */
  readonly turns: number;
  /** Older turns of it stand there no more: it was too long. The runtime knows them. */
  readonly shortened: boolean;
};
