// `npm run test:desktop`: the suites of test/host inside a real desktop VS Code, which @vscode/test-electron downloads.
// VSCODE_TEST_EXECUTABLE names an installed one instead.
import { installProject, reexecOnProjectNode } from './install.mjs';
import { root } from './platform.mjs';
import { reportFailure, run, timed } from './step.mjs';

try {
  installProject();
  if (!(await reexecOnProjectNode(import.meta.filename))) {
    timed('building', () => run(process.execPath, ['esbuild.mjs'], root));
    // Loaded only now: its packages are there since the install above.
    const { runHostTests } = await import('../host/run.mjs');
    await runHostTests({ executable: process.env.VSCODE_TEST_EXECUTABLE });
  }
} catch (error) {
  reportFailure(error);
}
