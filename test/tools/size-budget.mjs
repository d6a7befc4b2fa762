// How big the parts may be. KB is 1,000 bytes, minified and unpacked; the package is as downloaded.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './platform.mjs';

/** Where `npm run package` writes. */
export function vsixPath() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, 'dist', `${name}-${version}.vsix`);
}

/**
 * @typedef {{ what: string, bytes: number | undefined, limit: number }} Size `bytes` is undefined when it was not built
 * @returns {Size[]}
 */
export function measureSizes() {
  const webview = join(root, 'dist/webview');
  const scripts = existsSync(webview)
    ? readdirSync(webview, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(js|css)$/.test(file))
    : [];
  const all = scripts.map((file) => sizeOf(join(webview, file)) ?? 0).reduce((sum, bytes) => sum + bytes, 0);
  return [
    { what: 'VSIX', bytes: sizeOf(vsixPath()), limit: 1_500_000 },
    { what: 'extension.cjs', bytes: sizeOf(join(root, 'dist/extension.cjs')), limit: 250_000 },
    { what: 'webview entry (main.js)', bytes: sizeOf(join(webview, 'main.js')), limit: 200_000 },
    { what: 'webview, all scripts and styles', bytes: scripts.length > 0 ? all : undefined, limit: 450_000 },
  ];
}

function sizeOf(path) {
  return existsSync(path) ? statSync(path).size : undefined;
}
