// The extension as an installed one lies on disk, from what the last build left.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './platform.mjs';

/** What an installed extension needs beside package.json and its translations. */
const folders = ['bin', 'dist', 'media', 'l10n'];

/**
 * Copies the built extension to `publisher.name-version` inside an extensions folder.
 * @param {string} extensionsDir
 * @returns {string} the extension's folder
 */
export function stageExtension(extensionsDir) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const target = join(extensionsDir, `${publisher}.${name}-${version}`);
  mkdirSync(target, { recursive: true });
  const texts = readdirSync(root).filter((file) => /^package(\.nls.*)?\.json$/.test(file));
  for (const path of [...texts, ...folders.filter((folder) => existsSync(join(root, folder)))]) {
    cpSync(join(root, path), join(target, path), {
      recursive: true,
      filter: (source) => !/\.(vsix|map)$/.test(source),
    });
  }
  return target;
}
