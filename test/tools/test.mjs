// `npm test`: installs what it needs, then checks, packages, and runs the tests of the host and of the whole product,
// stopping at the first step that fails. The last line counts the tests.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hostSupported } from '../vscode-host/layout.mjs';
import { installChromium, installHost, installProject, projectEnvironment, reexecOnProjectNode } from './install.mjs';
import { root } from './platform.mjs';
import { reportFailure, StepError } from './step.mjs';

const help = `Runs every test, installing first what is missing: packages, VS Code from npm, Chromium (through apt).

  npm test                         check, package, sign-off, page, host, e2e, in this order, up to the first failure
  npm test -- --only check         types, import law, lint, format, dead code, unit tests
  npm test -- --only signoff       the real Codex and the command line against the contract and docs/signoff
  npm test -- --only page          the chat page alone in Chromium
  npm test -- --only host          behaviour inside VS Code's extension host
  npm test -- --only e2e           the packaged extension in a browser VS Code (Linux x64)
  npm test -- --long               the same, with about twenty times the runs of each property
  npm run test:desktop             the host tests in a desktop VS Code, which is downloaded`;

/** What a group of tests runs, in order; `build` and `package` are what the later steps of `host` and `e2e` work on. */
const steps = {
  check: { title: 'check', script: 'test/tools/check.mjs' },
  build: { title: 'build', script: 'esbuild.mjs' },
  package: { title: 'build and package', script: 'test/tools/package.mjs' },
  signoff: { title: 'sign-off records', script: 'test/signoff/signoff.mjs', args: ['--check'], linuxOnly: true },
  page: {
    title: 'chat page in Chromium',
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--config', 'test/webview/vitest.config.ts'],
    inWindow: true,
  },
  host: { title: 'host tests', script: 'test/tools/host.mjs', inWindow: true },
  e2e: { title: 'end-to-end tests', script: 'test/e2e/run.mjs', inWindow: true, hostOnly: true },
};

const groups = {
  all: ['check', 'package', 'signoff', 'page', 'host', 'e2e'],
  check: ['check'],
  signoff: ['build', 'signoff'],
  page: ['build', 'page'],
  host: ['build', 'host'],
  e2e: ['package', 'e2e'],
};

try {
  const group = readGroup();
  if (group === undefined) {
    console.log(help);
  } else {
    const chosen = group.map((name) => steps[name]);
    installProject();
    if (hostSupported && chosen.some(({ inWindow }) => inWindow)) {
      installHost();
      installChromium();
    }
    if (!(await reexecOnProjectNode(import.meta.filename))) await runSteps(chosen);
  }
} catch (error) {
  reportFailure(error);
}

function readGroup() {
  let values;
  try {
    ({ values } = parseArgs({
      options: { only: { type: 'string' }, long: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    throw new StepError(`${error.message}\n\n${help}`);
  }
  if (values.help) return undefined;
  // Read by the property tests; what they run without it fits the suite's time.
  if (values.long) process.env.CODEX_LANES_LONG = '1';
  const name = values.only ?? 'all';
  if (!Object.hasOwn(groups, name)) throw new StepError(`--only ${name}: no such tests\n\n${help}`);
  return groups[name];
}

async function runSteps(chosen) {
  const total = { passed: 0, failed: 0 };
  const startedAt = Date.now();
  for (const step of chosen) {
    if (step.hostOnly && !hostSupported) {
      console.log(`\n== ${step.title}: not run, the VS Code from npm needs Linux x64`);
      continue;
    }
    if (step.linuxOnly && process.platform !== 'linux') {
      console.log(`\n== ${step.title}: not run, the records are of Linux`);
      continue;
    }
    const { code, passed, failed, seconds } = await runStep(step);
    total.passed += passed;
    // A step can fail without a failing test: a type error, a package that is too large.
    total.failed += code === 0 ? failed : Math.max(failed, 1);
    console.log(`== ${step.title}: ${code === 0 && failed === 0 ? 'ok' : 'FAILED'}, ${seconds} s`);
    if (code === 0 && failed === 0) continue;
    console.log(
      `\nStopped at ${step.title} (node ${step.script}, exit code ${code}); what comes after it did not run.`,
    );
    process.exitCode = 1;
    break;
  }
  console.log(`\n${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
}

function runStep({ title, script, args = [] }) {
  console.log(`\n== ${title}`);
  const startedAt = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      env: projectEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const passOn = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn);
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      process.stdout.write(data);
    });
    child.stderr.pipe(process.stderr, { end: false });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, passOn);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      resolve({ code: signal ? 1 : code, seconds, ...countTests(output) });
    });
  });
}

/** The last count a step printed: our own runners' `N passed, N failed`, or vitest's `Tests  N failed | N passed (N)`. */
function countTests(output) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: takes the colours out of vitest's output
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const ours = [...plain.matchAll(/^(?<passed>\d+) passed, (?<failed>\d+) failed$/gm)];
  const vitest = [
    ...plain.matchAll(/^\s*Tests\s+(?:(?<failed>\d+) failed)?[ |]*(?:(?<passed>\d+) passed)?.*\(\d+\)$/gm),
  ];
  const counts = [...ours, ...vitest].at(-1)?.groups;
  return { passed: Number(counts?.passed ?? 0), failed: Number(counts?.failed ?? 0) };
}
