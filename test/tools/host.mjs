// `npm run test:host`: the suites of test/host inside the extension host of the VS Code from npm, or of a downloaded
// desktop VS Code where that one does not run.
import { join } from 'node:path';
import { runHostTests } from '../host/run.mjs';
import { hostRoot, hostSupported } from '../vscode-host/layout.mjs';
import { reportFailure } from './step.mjs';

try {
  await runHostTests({ executable: hostSupported ? join(hostRoot, 'code.mjs') : undefined });
} catch (error) {
  reportFailure(error);
}
