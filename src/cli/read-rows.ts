import { join } from 'node:path';
import { threadId } from '../model/index.ts';
import { openDataHome } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import type { TranscriptRow } from '../transcript/index.ts';
import { createTranscript, transcriptRows } from '../transcript/index.ts';

/** The rows of a thread in the data home. Throws LanesError `not-found` or `bad-input`. */
export async function readRows(of: {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly thread: string;
  readonly version: string;
}): Promise<readonly TranscriptRow[]> {
  const folder = join(await openDataHome({ env: of.env }), 'threads');
  const transcript = createTranscript({ folder, secrets: () => [], label: 'codex-lanes', log: of.log });
  return transcriptRows(await transcript.read(threadId(of.thread)), of.version);
}
