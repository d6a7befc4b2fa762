// What VS Code calls inside the extension host: runs every bundled suite beside this file, in desktop VS Code and in the
// VS Code from npm alike.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/**
 * Runs the suites.
 * @throws when a test failed or none ran, which VS Code turns into exit code 1
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000, reporter: 'spec' });
  const suites = join(__dirname, 'suite');
  for (const file of readdirSync(suites)) if (file.endsWith('.test.cjs')) mocha.addFile(join(suites, file));
  const counts = { passed: 0, failed: 0 };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', () => {
      counts.passed += 1;
    });
    runner.on('fail', () => {
      counts.failed += 1;
    });
  });
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed in the extension host`);
  if (counts.passed === 0) throw new Error('no test ran in the extension host');
}
