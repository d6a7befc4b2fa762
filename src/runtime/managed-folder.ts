import { join } from 'node:path';
import { codexPackage } from './tested-version.ts';

/** Where our Install command places Codex: an npm prefix of our own, never a project's node_modules. */
export function managedFolder(dataHome: string): string {
  return join(dataHome, 'codex');
}

/** Codex's package inside an npm prefix. */
export function packageIn(prefix: string): string {
  return join(prefix, 'node_modules', ...codexPackage.split('/'));
}

export function managedPackage(dataHome: string): string {
  return packageIn(managedFolder(dataHome));
}
