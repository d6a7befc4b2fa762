// Host behaviour: bundles the mocha suites to CommonJS and runs them inside the extension host on the built extension.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { projectCodex, root } from '../tools/platform.mjs';
import { copySampleWorkspace } from '../tools/sample-workspace.mjs';
import { stageExtension } from '../tools/stage-extension.mjs';
import { StepError } from '../tools/step.mjs';

const here = import.meta.dirname;

/**
 * Runs the suites on what the last build left in dist/.
 * @param {object} options
 * @param {string} [options.executable] a `code` to run; without it @vscode/test-electron downloads VS Code
 * @throws when a test failed
 */
export async function runHostTests({ executable }) {
  if (!existsSync(join(root, 'dist/extension.cjs'))) throw new StepError('dist/ is empty: npm run build');
  const folder = freshFolder();
  try {
    await bundleSuites(folder);
    const workspace = join(folder, 'sample-workspace');
    copySampleWorkspace(workspace);
    plantSettings(workspace);
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: stageExtension(join(folder, 'extensions')),
      extensionTestsPath: join(folder, 'index.cjs'),
      extensionTestsEnv: {
        ...withoutAccounts(),
        CODEX_LANES_HOME: join(folder, 'data-home'),
        CODEX_CLI_PATH: projectCodex(),
      },
      launchArgs: [workspace, `--user-data-dir=${join(folder, 'data')}`],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** What a hostile or careless repository may bring along: settings that are not a workspace's to decide, and a bad one. */
function plantSettings(workspace) {
  const settings = {
    'codexLanes.lane': 'adapter',
    'codexLanes.native.unlock': true,
    'codexLanes.native.sandbox': 'danger-full-access',
    'codexLanes.api.baseUrl': 'https://elsewhere.example/v1',
    'codexLanes.codex.path': '/elsewhere/codex',
  };
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
}

function freshFolder() {
  mkdirSync(join(root, 'out'), { recursive: true });
  return mkdtempSync(join(root, 'out/host-'));
}

/** A suite is a bundle of its own, so that mocha names the file of a failure; mocha itself has to be one for all. */
async function bundleSuites(outdir) {
  const suites = readdirSync(join(here, 'suite')).filter((file) => file.endsWith('.test.ts'));
  await esbuild.build({
    entryPoints: [join(here, 'index.ts'), ...suites.map((file) => join(here, 'suite', file))],
    outbase: here,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    // `mocha` resolves from the throw-away folder because that lies below the project.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** Takes the developer's own Codex and OpenAI settings out of the environment of the editor under test. */
function withoutAccounts() {
  const names = Object.keys(process.env).filter((name) => /^(CODEX_|OPENAI_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
