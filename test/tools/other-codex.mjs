// Builds of Codex beside the pinned one, in out/codex/<version>, kept from run to run.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackage } from './install.mjs';
import { root } from './platform.mjs';
import { StepError } from './step.mjs';

/**
 * The package of a version, and its program for this platform; installs them where they are missing.
 * @param {string} version
 * @param {{ limitMs?: number }} [options] longest time for the download
 * @returns {{ folder: string, program: string }} `folder` is that of the package `@openai/codex`
 * @throws {StepError} when it can't be had
 */
export function otherCodex(version, { limitMs } = {}) {
  const kept = join(root, 'out/codex', version);
  const known = programIn(kept);
  if (known !== undefined) return known;
  // Beside its place first: an install that was cut short is never taken for a whole one.
  const part = `${kept}.part`;
  for (const folder of [kept, part]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  installPackage(part, `@openai/codex@${version}`, limitMs);
  renameSync(part, kept);
  const installed = programIn(kept);
  if (installed !== undefined) return installed;
  throw new StepError(`npm installed @openai/codex@${version}, and its program is not there.`);
}

/** Older builds keep it in `codex`, newer ones in `bin`. */
function programIn(prefix) {
  const modules = join(prefix, 'node_modules/@openai');
  const vendor = join(modules, `codex-${process.platform}-${process.arch}`, 'vendor');
  const [triple] = existsSync(vendor) ? readdirSync(vendor) : [];
  const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
  const program = ['bin', 'codex'].map((folder) => join(vendor, triple ?? '', folder, name)).find(existsSync);
  return program === undefined ? undefined : { folder: join(modules, 'codex'), program };
}
