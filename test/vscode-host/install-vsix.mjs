// Installs a packaged extension the way a user does: with VS Code's own command line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostNode, serverEntry } from './layout.mjs';

/**
 * @param {string} vsix path of the package
 * @param {string} extensionsDir where it is unpacked to; pass the same folder to `startServer`
 * @throws when VS Code refuses the package, with what it said
 */
export function installVsix(vsix, extensionsDir) {
  const scratch = mkdtempSync(join(tmpdir(), 'vscode-host-install-'));
  try {
    const result = spawnSync(
      hostNode,
      [
        serverEntry,
        ...['--install-extension', vsix, '--extensions-dir', extensionsDir, '--force', '--accept-server-license-terms'],
        ...['--server-data-dir', join(scratch, 'server'), '--user-data-dir', join(scratch, 'data')],
      ],
      { encoding: 'utf8', env: { ...process.env, EXTENSIONS_GALLERY: '{}' } },
    );
    if (result.status !== 0 || !/was successfully installed/.test(result.stdout)) {
      throw new Error(`VS Code did not install ${vsix}:\n${result.stdout}${result.stderr}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
