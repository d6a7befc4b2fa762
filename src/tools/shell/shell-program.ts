import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramStart } from '../../ports/index.ts';

type Environment = ProgramStart['env'];

/**
 * The shell that a command is handed to: bash where it is, since that is what models write, else `sh`; on Windows PowerShell.
 * Never a login shell: the user's profile could bring back the keys that the environment was kept from.
 */
export async function shellProgram(
  command: string,
  folder: string,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<Omit<ProgramStart, 'env'>> {
  if (platform === 'win32') {
    const system = env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows';
    const file = join(system, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
    const script = `[Console]::OutputEncoding = [Text.Encoding]::UTF8\nSet-Location -LiteralPath '${folder.replace(quotes, '$&$&')}'\n${command}\nif ($null -ne $LASTEXITCODE) { exit $LASTEXITCODE }`;
    return { file, args: ['-NoProfile', '-NonInteractive', '-Command', script] };
  }
  const file = (await isThere('/bin/bash')) ? '/bin/bash' : '/bin/sh';
  // One stream, so that the output stands in the order in which it was written; the sandbox's own words stay apart from it.
  return { file, args: ['-c', `exec 2>&1\ncd -- '${folder.replaceAll("'", "'\\''")}' || exit\n${command}`] };
}

/** Each of them ends a text in single quotes for PowerShell; doubled, it is one. */
const quotes = /['\u2018-\u201b]/g;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
