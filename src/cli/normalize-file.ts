import type { FileHandle } from 'node:fs/promises';
import { open, readFile } from 'node:fs/promises';
import { stderr, stdin } from 'node:process';
import type { ExecRunEnd } from '../lanes/exec/index.ts';
import { readRunMeta } from '../lanes/exec/index.ts';
import { messageOf } from '../model/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { normalizeStream } from './normalize.ts';
import { unreadable } from './unreadable.ts';
import { writeOut } from './write-out.ts';

/** Breaches that are told one by one; more are only counted. */
const toldBreaches = 20;

/**
 * Reads a file or stdin and writes to stdout and stderr. False: an event broke a rule. Throws UsageError for a file that
 * can't be read.
 */
export async function normalizeFile({ from, file, meta }: Command & { kind: 'normalize' }): Promise<boolean> {
  const runEnd = meta === null ? null : await readMeta(meta);
  const opened = file === null ? null : await openFile(file);
  let breaches = 0;
  const holds = await normalizeStream({
    from,
    input: opened === null ? stdin : opened.createReadStream(),
    runEnd,
    write: writeOut,
    complain: (breach) => {
      breaches += 1;
      if (breaches <= toldBreaches) stderr.write(`codex-lanes: ${breach}\n`);
    },
  });
  if (breaches > toldBreaches) stderr.write(`codex-lanes: ${breaches - toldBreaches} more\n`);
  return holds;
}

async function readMeta(path: string): Promise<ExecRunEnd> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    return readRunMeta(text);
  } catch (error) {
    throw new UsageError(`--meta ${path} does not say how a run ended: ${messageOf(error)}`, { cause: error });
  }
}

/** Opened before it is read, so that what is wrong with it is bad usage and not the end of half an answer. */
async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw unreadable(path, Object.assign(new Error(), { code: 'EISDIR' }));
}
