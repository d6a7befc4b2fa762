import type { DoctorReport } from '../model/index.ts';
import { inColumns } from './columns.ts';

/** What `codex doctor` found, in words, for a terminal. */
export function doctorWords(report: DoctorReport): string {
  if (report.kind === 'failed') return `${report.why}\n${report.hint}`;
  const checks = report.checks.flatMap(({ id, status, summary, details, remediation }) => [
    `${status.padEnd(8)} ${id}: ${summary}`,
    ...inColumns([...details.map((detail) => ['', detail] as const), ['', remediation]], '        '),
  ]);
  return [`${report.version ?? 'Codex'}: ${report.overall}`, '', ...checks].join('\n');
}
