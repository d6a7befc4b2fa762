import { join } from 'node:path';
import { isLanesError, LanesError, threadId } from '../model/index.ts';
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
  const log = await transcript.read(threadId(of.thread)).catch((error: unknown) => {
    if (!isLanesError(error) || error.kind !== 'not-found') throw error;
    const where = `Threads are in ${folder}, each in a folder of its name`;
    throw new LanesError('not-found', `There is no thread ${of.thread}. ${where}.`, { cause: error });
  });
  return transcriptRows(log, of.version);
}
