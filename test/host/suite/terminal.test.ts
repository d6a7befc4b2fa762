import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from 'vscode';
import { extensions, window } from 'vscode';

/** Runs a shell command in a terminal of the editor, as its variables make it. */
function inTerminal(command: string, ...args: readonly string[]): Promise<number | undefined> {
  const terminal = window.createTerminal({
    name: 'codex-lanes',
    shellPath: '/bin/sh',
    shellArgs: ['-c', command, ...args],
  });
  return new Promise((resolve) => {
    const listener = window.onDidCloseTerminal((closed: Terminal) => {
      if (closed !== terminal) return;
      listener.dispose();
      resolve(closed.exitStatus?.code);
    });
  });
}

describe('terminals of the editor', () => {
  const extension = extensions.getExtension('codex-lanes.codex-lanes');
  const folder = mkdtempSync(join(tmpdir(), 'codex-lanes-terminal-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('find codex-lanes on their PATH, and the Node.js of the editor', async function () {
    if (process.platform === 'win32') this.skip();
    await extension?.activate();
    const file = join(folder, 'said');
    const command = '{ command -v codex-lanes; printf "%s\\n" "$CODEX_LANES_NODE"; codex-lanes --version; } >"$0" 2>&1';
    const code = await inTerminal(command, file);
    assert.deepEqual(readFileSync(file, 'utf8').trimEnd().split('\n'), [
      join(extension?.extensionPath ?? '', 'bin/codex-lanes'),
      process.execPath,
      extension?.packageJSON.version,
    ]);
    assert.equal(code, 0);
  });
});
