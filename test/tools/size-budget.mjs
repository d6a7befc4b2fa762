// How big the parts may be. KB is 1,000 bytes, minified and unpacked; the package is as downloaded.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
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
    { what: 'page-messages.cjs', bytes: sizeOf(join(root, 'dist/page-messages.cjs')), limit: 90_000 },
    { what: 'webview, scripts loaded at start', bytes: sizeAtStart(), limit: 200_000 },
    { what: 'webview, all scripts and styles', bytes: scripts.length > 0 ? all : undefined, limit: 450_000 },
  ];
}

/**
 * The page's first script and whatever it can't start without: the bundler may move code that two chunks share into a third.
 * @param {string} [meta] name of the build's metafile
 * @returns {number | undefined} bytes; undefined when it was not built
 */
export function sizeAtStart(meta = 'webview') {
  const outputs = outputsOf(meta);
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === 'webview/main.tsx');
  if (entry === undefined) return undefined;
  const sizes = startChunks(outputs, entry).map((path) => sizeOf(join(root, path)));
  return sizes.includes(undefined) ? undefined : sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * What the page loads later, each when it is first needed.
 * @param {string} [meta] name of the build's metafile
 * @returns {{ what: string, bytes: number }[]}
 */
export function lazyChunks(meta = 'webview') {
  const outputs = outputsOf(meta);
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === 'webview/main.tsx') ?? '';
  const atStart = new Set(startChunks(outputs, entry));
  return Object.entries(outputs)
    .filter(([path]) => path.endsWith('.js') && !atStart.has(path))
    .map(([path, { entryPoint, bytes }]) => ({ what: entryPoint ?? basename(path), bytes }));
}

function outputsOf(meta) {
  const file = join(root, 'out/meta', `${meta}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).outputs : {};
}

/** Of a script and all that it imports statically. */
function startChunks(outputs, entry, found = new Set()) {
  if (found.has(entry) || outputs[entry] === undefined) return [...found];
  found.add(entry);
  for (const { path, kind } of outputs[entry].imports)
    if (kind === 'import-statement') startChunks(outputs, path, found);
  return [...found];
}

function sizeOf(path) {
  return existsSync(path) ? statSync(path).size : undefined;
}
