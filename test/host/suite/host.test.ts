import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { commands, extensions, workspace } from 'vscode';

const id = 'codex-lanes.codex-lanes';

/** Programs below the extension host, by command line; what `ps` itself adds is left out. */
function programsBelow(): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const rows = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) ?? []);
  const below = new Set([String(process.pid)]);
  for (const [pid, parent] of rows) if (pid !== undefined && parent !== undefined && below.has(parent)) below.add(pid);
  return rows.filter(([pid, parent]) => pid !== undefined && below.has(parent ?? '')).map(([, , args]) => args ?? '');
}

describe('the editor side', () => {
  before(async () => {
    await extensions.getExtension(id)?.activate();
  });

  it('spawns nothing at activation', function () {
    if (process.platform === 'win32') this.skip();
    assert.deepEqual(
      programsBelow().filter((args) => /codex/.test(args.split(' ')[0] ?? '') || /\bexec --json\b/.test(args)),
      [],
    );
  });

  it('shows both views', async () => {
    const known = await commands.getCommands(true);
    for (const view of ['codexLanes.chat', 'codexLanes.runtime']) assert.ok(known.includes(`${view}.focus`), view);
  });

  it('switches the lane for the workspace without an answer from any lane', async () => {
    for (const command of ['codexLanes.useNativeLane', 'codexLanes.useApiLane', 'codexLanes.useAuto']) {
      await commands.executeCommand(command);
    }
  });

  it('takes no machine setting from a workspace: they are what the manifest says', () => {
    const configuration = workspace.getConfiguration('codexLanes');
    assert.equal(configuration.get('native.unlock'), false);
    assert.equal(configuration.get('native.sandbox'), 'workspace-write');
    assert.equal(configuration.get('api.baseUrl'), 'https://api.openai.com/v1');
    assert.equal(configuration.get('codex.path'), '');
  });

  it('goes on after a bad lane in the workspace’s settings', async () => {
    assert.equal(workspace.getConfiguration('codexLanes').get('lane'), 'adapter');
    await commands.executeCommand('codexLanes.useAuto');
  });

  it('stops when nothing runs', async () => {
    await commands.executeCommand('codexLanes.stopTurn');
  });
});
