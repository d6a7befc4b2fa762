// `npm run package`: a production build, the VSIX, and the proof that it holds what it should, nothing else, and is small.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectEnvironment, reexecOnProjectNode } from './install.mjs';
import { contentProblems } from './package-contents.mjs';
import { root } from './platform.mjs';
import { measureSizes, vsixPath } from './size-budget.mjs';
import { readVsix } from './vsix.mjs';

class StepFailed extends Error {}

/** A bundle that names the folder it was built in is neither reproducible nor discreet. */
function pathProblems() {
  return readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(cjs|js|css)$/.test(path))
    .filter((path) => readFileSync(join(root, 'dist', path), 'utf8').includes(root))
    .map((path) => `dist/${path} contains the path of this folder`);
}

function run(script, args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: projectEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new StepFailed(`${script} failed`);
}

function main() {
  const vsix = vsixPath();
  rmSync(vsix, { force: true });
  run('esbuild.mjs', ['--production']);
  // The bundles carry what they need, so node_modules stays out. There is no public repository to link to yet.
  run('node_modules/@vscode/vsce/vsce', [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ]);

  const prefix = 'extension/';
  const files = new Map(
    [...readVsix(vsix)]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
  console.log(`\n${files.size} files`);
  for (const [path, bytes] of files) console.log(`  ${path.padEnd(52)} ${kilobytes(bytes)}`);

  console.log('\nsize                                          is         may be');
  const tooBig = measureSizes().flatMap(({ what, bytes, limit }) => {
    console.log(`  ${what.padEnd(36)} ${kilobytes(bytes)} ${kilobytes(limit)}`);
    if (bytes === undefined) return [`${what} was not built`];
    return bytes > limit ? [`${what} is over its budget`] : [];
  });

  const problems = [
    ...contentProblems(files, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))),
    ...pathProblems(),
    ...tooBig,
  ];
  for (const problem of problems) console.error(`package: ${problem}`);
  console.log(problems.length === 0 ? `\npackage ok: ${vsix}` : `\npackage FAILED: ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}

function kilobytes(bytes) {
  return bytes === undefined ? '   not built' : `${(bytes / 1000).toFixed(1).padStart(9)} KB`;
}

if (!(await reexecOnProjectNode(import.meta.filename))) {
  try {
    main();
  } catch (error) {
    // The step has printed its own reasons.
    if (!(error instanceof StepFailed)) throw error;
    console.error(`package: ${error.message}`);
    process.exitCode = 1;
  }
}
