import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';

describe('activation', () => {
  const extension = extensions.getExtension('codex-lanes.codex-lanes');

  it('finds the extension', () => {
    assert.ok(extension, 'codex-lanes.codex-lanes is not installed');
  });

  it('activates', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('handles every command of its manifest', async () => {
    await extension?.activate();
    const manifest: { contributes?: { commands?: readonly { command: string }[] } } = extension?.packageJSON ?? {};
    const declared = (manifest.contributes?.commands ?? []).map(({ command }) => command).sort();
    const registered = await commands.getCommands(true);
    assert.notEqual(declared.length, 0, 'the manifest declares no command');
    assert.deepEqual(
      declared.filter((command) => !registered.includes(command)),
      [],
      'declared, but nothing handles them',
    );
  });
});
