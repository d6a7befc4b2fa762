import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensions, window } from 'vscode';

const PATIENCE_MS = 15_000;

/**
 * What a shell command says in a terminal of the editor, as its variables make it. The shell stays until we close it: of
 * one that ends by itself the editor sometimes never tells, and one that the editor never started is opened again.
 */
async function saidInTerminal(command: string, folder: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const file = join(folder, `said-${attempt}`);
    const script = `{ ${command}; echo "exit $?"; } >"$0.part" 2>&1; mv "$0.part" "$0"; read -r _`;
    const watcher = watch(folder, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const terminal = window.createTerminal({
      name: 'codex-lanes',
      shellPath: '/bin/sh',
      shellArgs: ['-c', script, file],
    });
    try {
      for await (const _change of watcher) if (existsSync(file)) return readFileSync(file, 'utf8');
    } catch (error) {
      if (existsSync(file)) return readFileSync(file, 'utf8');
      if (attempt === 3) throw new Error('no terminal of the editor answered', { cause: error });
    } finally {
      terminal.dispose();
    }
  }
}

describe('terminals of the editor', () => {
  const extension = extensions.getExtension('codex-lanes.codex-lanes');
  const folder = mkdtempSync(join(tmpdir(), 'codex-lanes-terminal-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('find codex-lanes on their PATH, and the Node.js of the editor', async function () {
    if (process.platform === 'win32') this.skip();
    await extension?.activate();
    const said = await saidInTerminal(
      'command -v codex-lanes; printf "%s\\n" "$CODEX_LANES_NODE"; codex-lanes --version',
      folder,
    );
    assert.deepEqual(said.trimEnd().split('\n'), [
      join(extension?.extensionPath ?? '', 'bin/codex-lanes'),
      process.execPath,
      extension?.packageJSON.version,
      'exit 0',
    ]);
  });
});
