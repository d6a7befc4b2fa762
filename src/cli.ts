import { readFileSync } from 'node:fs';
import type { Command } from './cli/index.ts';
import {
  doctorWords,
  isReaderGone,
  normalizeFile,
  readCommand,
  readRows,
  statusWords,
  surroundings,
  UsageError,
  usage,
  writeOut,
} from './cli/index.ts';
import type { App } from './compose.ts';
import { createApp } from './compose.ts';
import type { Leftover } from './model/index.ts';
import { isLanesError, messageOf } from './model/index.ts';
import { explain, explainText } from './routing/index.ts';

/** What a command answers: text for stdout, and whether the answer could be given. */
type Answer = { readonly text: string; readonly given: boolean };

/** A stream is written while it is read: it is no answer in one piece. */
type OneAnswer = Exclude<Command, { kind: 'normalize' }>;

async function answer(command: OneAnswer): Promise<Answer> {
  switch (command.kind) {
    case 'help':
      return given(usage.trimEnd());
    case 'version':
      return given(version());
    case 'rows': {
      const { env, log } = surroundings(process.env);
      const rows = await readRows({ env, log, thread: command.thread, version: version() });
      return given(rows.map((row) => JSON.stringify(row)).join('\n'));
    }
    case 'status':
      return withApp(async (app) => {
        const status = await app.status.refresh();
        return given(command.json ? JSON.stringify(status.document) : statusWords(status));
      });
    case 'explain':
      return withApp(async (app) => {
        const status = await app.status.refresh();
        // This process has just begun to look: since when a gate stands so, it can't know.
        const all = explain(status.inputs, {});
        const rows = all.filter(({ lane }) => command.lane === null || lane === command.lane);
        return given(command.json ? JSON.stringify({ schemaVersion: 1, rows }) : explainText(rows, status));
      });
    case 'doctor':
      return withApp(async (app) => {
        const report = await app.runtime.doctor();
        const text = command.json ? JSON.stringify({ schemaVersion: 1, ...report }) : doctorWords(report);
        return { text, given: report.kind === 'report' };
      });
  }
}

const given = (text: string): Answer => ({ text, given: true });

async function withApp(ask: (app: App) => Promise<Answer>): Promise<Answer> {
  const app = createApp(surroundings(process.env));
  try {
    const leftovers = app.runtime.reap();
    const answered = await ask(app);
    tellLeftovers(await leftovers);
    return answered;
  } finally {
    await app.close();
  }
}

/** What an earlier window or command line left behind when it died. Stdout is for the answer alone. */
function tellLeftovers(leftovers: readonly Leftover[]): void {
  for (const { label, pid, owner, outcome } of leftovers) {
    if (outcome === 'gone') continue;
    const fate = outcome === 'ended' ? 'was ended' : 'could not be ended';
    process.stderr.write(`codex-lanes: ${label} (process ${pid}), left behind by ${owner}, ${fate}.\n`);
  }
}

/** From the manifest beside the bundles; `?` for a bundle that stands alone. */
function version(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  } catch {
    // Not installed as a package: no command but `--version` is about it.
  }
  return '?';
}

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2));
  if (command.kind === 'normalize') return (await normalizeFile(command)) ? 0 : 1;
  const { text, given: was } = await answer(command);
  await writeOut(`${text}\n`);
  return was ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (isReaderGone(error)) {
      process.exitCode = 1;
      return;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`codex-lanes: ${error.message}\n\n${usage}`);
      process.exitCode = 2;
      return;
    }
    process.stderr.write(`codex-lanes: ${isLanesError(error) ? error.message : messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
