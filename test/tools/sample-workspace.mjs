// A throw-away copy of the sample workspace.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './platform.mjs';
import { run } from './step.mjs';

/**
 * Copies the sample workspace and puts it under git: Codex refuses a folder without, and the changes of a turn show.
 * @param {string} target folder to create
 */
export function copySampleWorkspace(target) {
  mkdirSync(target, { recursive: true });
  cpSync(join(root, 'media/sample-workspace'), target, { recursive: true });
  const identity = ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.invalid'];
  // Neither the reader's hooks nor their signing key have a say in a throw-away commit.
  const plain = ['-c', 'core.hooksPath=', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main'];
  const git = (...args) => run('git', [...identity, ...plain, ...args], target);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Sample workspace');
}
