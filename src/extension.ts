import { realpath } from 'node:fs/promises';
import type { ExtensionContext } from 'vscode';
import { activateHost } from './host/index.ts';

let close: (() => Promise<void>) | null = null;

/** Door of the editor. The core is a bundle of its own, required at first use. */
export function activate(context: ExtensionContext): void {
  const host = activateHost(context, {
    env: process.env,
    realPath: (path) => realpath(path),
    node: { path: process.execPath, platform: process.platform, arch: process.arch },
    loadCore: async (deps) => (await import('./compose.ts')).createApp(deps),
  });
  close = host.close;
}

export async function deactivate(): Promise<void> {
  await close?.();
}
