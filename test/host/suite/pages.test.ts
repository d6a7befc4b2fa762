import assert from 'node:assert/strict';
import type { TextDocument } from 'vscode';
import { commands, extensions, TabInputWebview, Uri, window, workspace } from 'vscode';

/** Waits until the document says it; fails with what it says instead. */
async function says(document: TextDocument, words: RegExp): Promise<void> {
  if (words.test(document.getText())) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${words} is not in: ${document.getText()}`)), 20_000);
    const listener = workspace.onDidChangeTextDocument((change) => {
      if (change.document !== document || !words.test(document.getText())) return;
      clearTimeout(timer);
      listener.dispose();
      resolve();
    });
  });
}

/** Waits until a tab with such a page is there: the editor tells of its tabs later than of its commands. */
async function shows(viewType: RegExp, label: RegExp): Promise<void> {
  const tabs = () => window.tabGroups.all.flatMap((group) => group.tabs);
  const there = () =>
    tabs().some(
      (tab) => tab.input instanceof TabInputWebview && viewType.test(tab.input.viewType) && label.test(tab.label),
    );
  if (there()) return;
  await new Promise<void>((resolve, reject) => {
    const described = () => tabs().map((tab) => `${tab.label}: ${JSON.stringify(tab.input)}`);
    const timer = setTimeout(() => reject(new Error(`${label} is not among: ${described().join(', ')}`)), 20_000);
    const listener = window.tabGroups.onDidChangeTabs(() => {
      if (!there()) return;
      clearTimeout(timer);
      listener.dispose();
      resolve();
    });
  });
}

describe('pages', () => {
  before(async () => {
    await extensions.getExtension('codex-lanes.codex-lanes')?.activate();
  });
  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand('codexLanes.useAuto');
  });

  it('explain lanes and gates, and follow the status while they are open', async () => {
    await commands.executeCommand('codexLanes.useAuto');
    await commands.executeCommand('codexLanes.explain');
    await shows(/markdown\.preview$/, /Lanes and gates\.md$/);
    const page = await workspace.openTextDocument(Uri.from({ scheme: 'codex-lanes', path: '/Lanes and gates.md' }));
    assert.equal(page.languageId, 'markdown');
    assert.match(page.getText(), /^# Lanes and gates/);
    assert.match(page.getText(), /## OpenAI API[\s\S]*## Codex native/);
    const before = page.getText();
    await commands.executeCommand('codexLanes.useNativeLane');
    await says(page, /Codex native was asked for by workspace/);
    assert.notEqual(page.getText(), before);
  });

  it('know the doctor before it was asked', async () => {
    const page = await workspace.openTextDocument(Uri.from({ scheme: 'codex-lanes', path: '/Codex Doctor.md' }));
    assert.match(page.getText(), /not asked in this window/);
  });

  it('are not to be had for another name', async () => {
    await assert.rejects(async () => {
      await workspace.openTextDocument(Uri.from({ scheme: 'codex-lanes', path: '/elsewhere.md' }));
    });
  });
});

describe('commands about what is not there', () => {
  it('end no process that is none of ours, and lift no pin that is not set', async () => {
    await commands.executeCommand('codexLanes.endProcess', process.pid);
    await commands.executeCommand('codexLanes.liftPin');
    assert.equal(process.exitCode ?? 0, 0);
  });
});
