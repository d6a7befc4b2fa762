import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { stderr, stdin } from 'node:process';
import type { ExecRunEnd } from '../lanes/exec/index.ts';
import { readRunMeta } from '../lanes/exec/index.ts';
import { messageOf } from '../model/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { normalizeStream } from './normalize.ts';
import { writeOut } from './write-out.ts';

/** Breaches that are told one by one; more are only counted. */
const toldBreaches = 20;

/**
 * Reads a file or stdin and writes to stdout and stderr. False: an event broke a rule. Throws UsageError for a file that
 * can't be read.
 */
export async function normalizeFile({ from, file, meta }: Command & { kind: 'normalize' }): Promise<boolean> {
  const runEnd = meta === null ? null : await readMeta(meta);
  if (file !== null) await checkFile(file);
  let breaches = 0;
  const holds = await normalizeStream({
    from,
    input: file === null ? stdin : createReadStream(file),
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
  try {
    return readRunMeta(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--meta ${path} can’t be read: ${messageOf(error)}`, { cause: error });
  }
}

async function checkFile(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    throw new UsageError(`${path} can’t be read: ${messageOf(error)}`, { cause: error });
  }
}
