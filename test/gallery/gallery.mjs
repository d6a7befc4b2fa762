// `npm run gallery`: builds the chat page, looks at every scene of the gallery and writes what it saw to out/gallery.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const out = join(root, 'out/gallery');
const page = mkdtempSync(join(tmpdir(), 'gallery-page-'));

function run(args) {
  const env = { ...process.env, CHAT_PAGE: page, GALLERY_PICTURES: '1' };
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

try {
  rmSync(out, { recursive: true, force: true });
  const config = 'test/webview/vitest.config.ts';
  process.exitCode =
    run(['esbuild.mjs', `--page=${page}`]) ||
    run(['node_modules/vitest/vitest.mjs', 'run', '--config', config, 'gallery.test.ts', ...process.argv.slice(2)]);
} finally {
  rmSync(page, { recursive: true, force: true });
}
