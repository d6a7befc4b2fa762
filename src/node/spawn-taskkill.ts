import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { promisify } from 'node:util';

/**
 * How Windows ends a process with all that it started: `/T` walks the tree, `/F` since a console program hears no polite
 * request. By its full path, since Windows looks into the working folder before the system's own.
 */
export function taskkillCommand(
  pid: number,
  env: Readonly<Record<string, string | undefined>>,
): { readonly file: string; readonly args: readonly string[] } {
  const root = Object.entries(env).find(([name]) => name.toUpperCase() === 'SYSTEMROOT')?.[1] || 'C:\\Windows';
  return { file: win32.join(root, 'System32', 'taskkill.exe'), args: ['/pid', String(pid), '/T', '/F'] };
}

/** Windows only. A tree that is gone already is no failure. */
export async function taskkill(pid: number): Promise<void> {
  const { file, args } = taskkillCommand(pid, process.env);
  await promisify(execFile)(file, [...args], { windowsHide: true, timeout: 10_000 }).catch(() => undefined);
}
