import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { DiscoveryInputs } from '../candidates.ts';

export type ProgramFolder = {
  /** The folder of the running test. */
  readonly root: () => string;
  readonly at: (path: string) => string;
  /** Writes a file below the folder, executable unless told otherwise; returns its full path. */
  readonly file: (path: string, text: string, mode?: number) => string;
};

/** A temporary folder for each test of the file, thrown away after it. */
export function programFolder(): ProgramFolder {
  let root = '';
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'lanes-runtime-')));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const at = (path: string): string => join(root, path);
  return {
    root: () => root,
    at,
    file: (path, text, mode = 0o755) => {
      const full = at(path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
      chmodSync(full, mode);
      return full;
    },
  };
}

/** A program that says that it is Codex of this version. */
export const codexScript = (version: string): string => `#!/bin/sh\necho "codex-cli ${version}"\n`;

/** Inputs that name nothing and find nothing. */
export const noPlaces: DiscoveryInputs = {
  setting: null,
  env: {},
  platform: 'linux',
  arch: 'x64',
  dataHome: null,
  loginShellPath: async () => null,
};
