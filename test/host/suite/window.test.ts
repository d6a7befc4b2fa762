import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiagnosticCollection } from 'vscode';
import {
  ConfigurationTarget,
  commands,
  Diagnostic,
  DiagnosticSeverity,
  extensions,
  languages,
  Range,
  Selection,
  Uri,
  window,
  workspace,
} from 'vscode';

const threadsFolder = join(process.env.CODEX_LANES_HOME ?? '', 'threads');
const patienceMs = 60_000;

type Event = { readonly kind: string; readonly text?: string; readonly name?: string; readonly result?: unknown };

function events(): readonly Event[] {
  if (!existsSync(threadsFolder)) return [];
  return readdirSync(threadsFolder).flatMap((id) => {
    const file = join(threadsFolder, id, 'events.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): Event => JSON.parse(line));
  });
}

/** What the model got from a tool that the practice endpoint has it call. */
async function answerOf(tool: string): Promise<string> {
  const results = () =>
    events().flatMap(({ kind, name, result }) =>
      kind === 'tool_call' && name === tool && result !== undefined ? [JSON.stringify(result)] : [],
    );
  const before = results().length;
  const ends = () => events().filter(({ kind }) => kind === 'receipt').length;
  const ended = ends();
  await commands.executeCommand('codexLanes.sendPrompt', `tool: ${tool}`);
  const end = Date.now() + patienceMs;
  while (ends() === ended) {
    if (Date.now() > end) throw new Error(`no turn ended: ${JSON.stringify(events().slice(-5))}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  assert.equal(results().length, before + 1, JSON.stringify(events().slice(-6)));
  const [content] = JSON.parse(results().at(-1) ?? '[]') as readonly { readonly text: string }[];
  return content?.text ?? '';
}

describe('what the model may look at', () => {
  const changed = ['native.interactive', 'native.unlock', 'native.sandbox'] as const;
  const folder = workspace.workspaceFolders?.[0]?.uri ?? Uri.file('/');
  const file = Uri.joinPath(folder, 'src/dates.js');
  let problems: DiagnosticCollection;

  before(async () => {
    await extensions.getExtension('codex-lanes.codex-lanes')?.activate();
    const configuration = workspace.getConfiguration('codexLanes');
    const values = [true, true, 'read-only'];
    for (const [i, name] of changed.entries()) await configuration.update(name, values[i], ConfigurationTarget.Global);
    await commands.executeCommand('codexLanes.practice.toggle');
    await commands.executeCommand('codexLanes.useNativeLane');
    await commands.executeCommand('codexLanes.newThread');
    problems = languages.createDiagnosticCollection('test');
    const problem = new Diagnostic(new Range(2, 4, 2, 9), 'This is not right', DiagnosticSeverity.Warning);
    problem.source = 'checker';
    problem.code = 'E7';
    problems.set(file, [problem]);
    problems.set(Uri.file('/elsewhere/secret.js'), [new Diagnostic(new Range(0, 0, 0, 1), 'Elsewhere')]);
    const editor = await window.showTextDocument(await workspace.openTextDocument(file), { preview: false });
    editor.selection = new Selection(0, 0, 1, 0);
  });
  after(async () => {
    problems.dispose();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand('codexLanes.practice.toggle');
    await commands.executeCommand('codexLanes.useAuto');
    for (const name of changed) {
      await workspace.getConfiguration('codexLanes').update(name, undefined, ConfigurationTarget.Global);
    }
  });

  it('are the problems of the open folder', async () => {
    assert.equal(
      await answerOf('editor_problems'),
      'src/dates.js:3:5 warning: This is not right (checker E7)\n(1 of files outside this workspace are not shown.)',
    );
  });

  it('are the open files', async () => {
    assert.match(await answerOf('editor_open_files'), /^src\/dates\.js \(active\)$/m);
  });

  it('is the selection', async () => {
    const [first] = readFileSync(file.fsPath, 'utf8').split('\n');
    assert.equal(await answerOf('editor_selection'), `src/dates.js:1:1-2:1\n${first}\n`);
  });

  it('is told when its thread begins', () => {
    const told = events().filter(({ kind, text }) => kind === 'system_notice' && text?.includes('look at the editor'));
    assert.equal(told.length, 1);
  });
});
