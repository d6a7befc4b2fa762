// What the extension costs a window that opens: load and activation of the packaged extension, against an extension that
// does nothing, both in the same extension host, by VS Code's own clock. Each sample is a new window with a new host.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workbench } from '../e2e/kit/index.mjs';
import { root } from '../tools/platform.mjs';
import { vsixPath } from '../tools/size-budget.mjs';
import { launchBrowser, openGuardedPage } from '../vscode-host/browser.mjs';
import { installVsix } from '../vscode-host/install-vsix.mjs';
import { hostNode, hostSupported } from '../vscode-host/layout.mjs';
import { startServer } from '../vscode-host/server.mjs';
import { workbenchUrl } from '../vscode-host/workbench-url.mjs';
import { median, medianInterval } from './interleaved.mjs';

export const name = 'activation';

const goal = 60;
const samples = 10;
const START_LIMIT_MS = 60_000;
const LIST_LIMIT_MS = 8_000;
const ATTEMPTS = 4;
const metric = 'load and activate: more than an empty extension';
const empty = 'an-empty-extension';

export async function run() {
  const note = !hostSupported
    ? 'VS Code from npm runs on Linux x64 only'
    : !existsSync(vsixPath())
      ? 'not built: run `npm run package` first'
      : undefined;
  if (note) return [{ metric, value: undefined, unit: 'ms', goal, note }];
  const { displayName } = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const dir = mkdtempSync(join(root, 'out/bench/run-'));
  const ends = [() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })];
  try {
    const extensionsDir = join(dir, 'extensions');
    installVsix(vsixPath(), extensionsDir);
    writeEmptyExtension(extensionsDir);
    const server = await startServer({ extensionsDir, env: { CODEX_LANES_HOME: join(dir, 'data-home') } });
    ends.unshift(server.stop);
    const browser = await launchBrowser();
    ends.unshift(() => browser.close());

    const sample = async (attempt = 1) => {
      const url = workbenchUrl(server);
      const workbench = new Workbench({ ...(await openGuardedPage(browser, server.origin)), server, url });
      try {
        await workbench.open();
        return await activationTimes(workbench, [displayName, empty]);
      } catch (error) {
        // A window that still starts may lose the command. No time was seen, so none is chosen by this.
        if (attempt === ATTEMPTS) throw error;
      } finally {
        await workbench.close();
      }
      return await sample(attempt + 1);
    };
    await sample();
    const times = [];
    for (let index = 0; index < samples; index += 1) times.push(await sample());
    const ours = median(times.map(([own]) => own));
    const bare = median(times.map(([, nothing]) => nothing));
    const differences = times.map(([own, nothing]) => own - nothing);
    return [
      { metric, value: median(differences), unit: 'ms', goal, interval: medianInterval(differences) },
      { metric: 'load and activate', value: ours, unit: 'ms', baseline: bare },
      { metric: 'load of the core, at the first prompt or check', value: median(coreLoads()), unit: 'ms' },
    ];
  } finally {
    for (const end of ends) await end();
  }
}

/** Puts an extension that does nothing beside ours; it starts when ours does. */
function writeEmptyExtension(extensionsDir) {
  const dir = join(extensionsDir, `bench.${empty}-1.0.0`);
  mkdirSync(dir);
  const manifest = {
    publisher: 'bench',
    name: empty,
    version: '1.0.0',
    engines: { vscode: '^1.101.0' },
    main: './main.cjs',
    activationEvents: ['onStartupFinished'],
    extensionKind: ['workspace'],
  };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(dir, 'main.cjs'), 'exports.activate = () => {};\n');
  // VS Code's list of what it installed: without it, it takes what it finds.
  rmSync(join(extensionsDir, 'extensions.json'));
}

/** Load and call, in whole milliseconds, as VS Code shows them in `Developer: Show Running Extensions`. */
async function activationTimes(workbench, names) {
  // The list does not always follow what happens while it is open: ours is active before.
  await workbench.statusBarItem('codexLanes.lane').waitFor({ timeout: START_LIMIT_MS });
  await workbench.runCommand('Developer: Show Running Extensions');
  const times = [];
  for (const extension of names) {
    const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: extension });
    const text = await row.filter({ hasText: /Activation: \d+ms/ }).textContent({ timeout: LIST_LIMIT_MS });
    times.push(Number(/Activation: (\d+)ms/.exec(text)?.[1]));
  }
  return times;
}

/** Milliseconds that a fresh Node.js takes to load the core's bundle. */
function coreLoads() {
  const script = 'const start = performance.now(); require(process.argv[1]); console.log(performance.now() - start);';
  const load = () => Number(spawnSync(hostNode, ['--eval', script, join(root, 'dist/core.cjs')]).stdout);
  return Array.from({ length: samples }, load);
}
