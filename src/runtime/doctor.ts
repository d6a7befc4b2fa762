import { dirname } from 'node:path';
import * as z from 'zod';
import type { DoctorCheck, DoctorReport } from '../model/index.ts';
import { runShort } from '../node/index.ts';
import { jsonIn } from './json-in-noise.ts';
import { quoteOutput, safeLine } from './safe-output.ts';

/** It asks the network, which may be slow to say no. Milliseconds. */
const patience = 60_000;

export type DoctorInputs = {
  readonly file: string;
  /** The environment of a native run: the doctor looks at the credential too. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that are never shown, beside those whose names in `env` say what they are. */
  readonly secrets?: readonly string[];
  /** Milliseconds. Default 60,000. */
  readonly patience?: number;
};

/** Measured with 0.169 (schemaVersion 1). Lenient: what a later version adds or leaves out is no reason to show nothing. */
const wireCheck = z.object({
  id: z.string().optional().catch(undefined),
  status: z.string().catch('unknown'),
  summary: z.string().catch(''),
  details: z.unknown().optional(),
  remediation: z.string().nullish().catch(null),
});
const wireReport = z.object({
  overallStatus: z.string().catch('unknown'),
  codexVersion: z.string().nullish().catch(null),
  checks: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
});

/** Asks Codex about itself. Takes seconds and reaches the network: on demand only. Never rejects. */
export async function runDoctor(inputs: DoctorInputs, signal: AbortSignal): Promise<DoctorReport> {
  const run = await runShort(inputs.file, ['doctor', '--json'], {
    env: inputs.env,
    timeoutMs: inputs.patience ?? patience,
    cwd: dirname(inputs.file),
    maxOutput: 8 * 1024 * 1024,
    signal,
    purpose: { kind: 'doctor', threadId: null },
  });
  const failed = (why: string, hint: string): DoctorReport => ({ kind: 'failed', why, hint });
  switch (run.failure) {
    case 'cancelled':
      return failed('It was cancelled', 'Run it again when you like.');
    case 'no-answer':
      return failed(`Codex's doctor gave ${run.problem}`, 'Check the network, then run it again.');
    case 'not-started':
    case 'signal':
    case 'too-much-output':
      return failed(`Codex's doctor failed: ${safeLine(run.problem ?? '', 200)}`, 'Install Codex again.');
    case null:
      break;
  }
  // Exit code 1 is its way to say that a check failed.
  const report = readDoctor(run.stdout, [...(inputs.secrets ?? []), ...secretsOf(inputs.env)]);
  if (report !== null) return report;
  const said = quoteOutput(run.stderr.trim() === '' ? run.stdout : run.stderr);
  // 2: how its command line refuses a word that it does not know.
  return run.exitCode === 2
    ? failed('This build of Codex has no doctor that answers in JSON', 'Install a newer Codex.')
    : failed(`Codex's doctor answered with exit code ${run.exitCode} and ${said}`, 'Run `codex doctor` in a terminal.');
}

/** The report in a program's output; null = there is none. `secrets` are never shown, wherever they stand. */
export function readDoctor(output: string, secrets: readonly string[] = []): DoctorReport | null {
  const report = wireReport.safeParse(jsonIn(output));
  if (!report.success) return null;
  const { overallStatus, codexVersion, checks } = report.data;
  const show = (text: string): string =>
    safeLine(
      secrets.reduce((shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, '[redacted:secret]')), text),
      400,
    );
  const rows = Array.isArray(checks)
    ? checks.map((check, i): [string, unknown] => [`check ${i + 1}`, check])
    : Object.entries(checks);
  return {
    kind: 'report',
    overall: show(overallStatus),
    version: codexVersion ? show(codexVersion) : null,
    checks: rows.flatMap(([id, check]) => {
      const { data } = wireCheck.safeParse(check);
      if (data === undefined) return [];
      const row: DoctorCheck = {
        id: show(data.id ?? id),
        status: show(data.status),
        summary: show(data.summary),
        details: detailLines(data.details).map(show),
        remediation: data.remediation ? show(data.remediation) : null,
      };
      return [row];
    }),
  };
}

/** `name: value` lines of what 0.169 gives as an object of texts and lists of texts. */
function detailLines(details: unknown): readonly string[] {
  if (typeof details === 'string') return [details];
  if (Array.isArray(details)) return details.map(textOf);
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details).map(([name, value]) => `${name}: ${textOf(value)}`);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return JSON.stringify(value) ?? '';
}

/** Values that the doctor's environment holds under a name that says so. */
function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env)
    .filter(([name, value]) => /KEY|TOKEN|SECRET|PASSWORD/i.test(name) && value.length >= 8)
    .map(([, value]) => value);
}
