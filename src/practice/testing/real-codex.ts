import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { practiceCodexConfig } from '../index.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../../media/sample-workspace');

/** The pinned Codex binary inside its own tree. */
function codexBinary(): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'win32' : process.platform;
  const manifest = require.resolve(`@openai/codex-${platform}-${process.arch}/package.json`);
  const vendor = path.join(path.dirname(manifest), 'vendor');
  const triple = readdirSync(vendor)[0] ?? '';
  return path.join(vendor, triple, 'bin', process.platform === 'win32' ? 'codex.exe' : 'codex');
}

/** A copy of the sample workspace and a home, both thrown away by `dispose`. */
export function sampleCopy(): { readonly root: string; readonly workspace: string; readonly dispose: () => void } {
  const root = mkdtempSync(path.join(tmpdir(), 'practice-'));
  const workspace = path.join(root, 'workspace');
  cpSync(SAMPLE, workspace, { recursive: true });
  return { root, workspace, dispose: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }) };
}

export interface CodexRun {
  readonly code: number | null;
  readonly events: readonly Record<string, unknown>[];
  readonly stderr: string;
}

/** One `codex exec --json` against the endpoint, prompt on stdin. */
export async function runCodex(url: string, root: string, workspace: string, prompt: string): Promise<CodexRun> {
  const home = path.join(root, 'codex-home');
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'config.toml'), practiceCodexConfig(url));
  const child = spawn(
    codexBinary(),
    ['exec', '--json', '--strict-config', '-s', 'workspace-write', '-C', workspace, '--skip-git-repo-check'],
    { cwd: workspace, env: { PATH: process.env.PATH, HOME: root, CODEX_HOME: home, LANG: 'C.UTF-8' } },
  );
  const watchdog = setTimeout(() => child.kill('SIGKILL'), 40_000);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    stdout += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    stderr += data;
  });
  child.stdin.end(prompt);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(watchdog);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { code, stderr, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
