import type { DoctorCheck, DoctorReport } from '../../model/index.ts';
import { inMarkdown } from '../markdown-text.ts';
import type { Translate } from '../translate.ts';

type Weight = 'failed' | 'warning' | 'other' | 'ok';

/** What needs the reader first. A word that this version does not know stands before what is well. */
const order: readonly Weight[] = ['failed', 'warning', 'other', 'ok'];

/**
 * What Codex says about itself, as a page: the outcome, then each check that needs something, then what is well.
 * @param at when it was asked, in the user's own words
 */
export function doctorMarkdown(report: DoctorReport, at: string, t: Translate): string {
  const title = heading(1, t('Codex Doctor'));
  if (report.kind === 'failed') {
    const failed = labelled(t('Codex could not be asked'), inMarkdown(report.why));
    return page([title, marked('✗', failed), inMarkdown(report.hint), at].filter((block) => block !== ''));
  }
  const { overall, version, checks } = report;
  const sorted = order.flatMap((weight) => checks.filter(({ status }) => weightOf(status) === weight));
  const well = sorted.filter(({ status }) => weightOf(status) === 'ok');
  const open = sorted.filter(({ status }) => weightOf(status) !== 'ok');
  const outcome = [`**${statusWords(overall, t)}**`, ...(version === null ? [] : [inMarkdown(version)]), at];
  return page([
    title,
    outcome.join(' · '),
    counts(checks, t),
    ...open.flatMap((check) => section(check, t)),
    ...(well.length === 0 ? [] : [heading(2, t('What is well')), well.map(line).join('\n')]),
    ...well.filter(hasMore).flatMap((check) => [heading(3, inMarkdown(check.id)), ...more(check, t)]),
  ]);
}

function page(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

function counts(checks: readonly DoctorCheck[], t: Translate): string {
  const of = (weight: Weight) => checks.filter(({ status }) => weightOf(status) === weight).length;
  const other = of('other') === 0 ? [] : [t('{0} other', of('other'))];
  return [
    t('{0} failed', of('failed')),
    t('{0} with a warning', of('warning')),
    ...other,
    t('{0} well', of('ok')),
  ].join(' · ');
}

function section(check: DoctorCheck, t: Translate): readonly string[] {
  return [heading(2, labelWith(statusWords(check.status, t), check.summary)), inMarkdown(check.id), ...more(check, t)];
}

function labelWith(label: string, text: string): string {
  return text === '' ? label : [label, inMarkdown(text)].join(': ');
}

function heading(level: number, text: string): string {
  return [''.padStart(level, '#'), text].join(' ');
}

/** Both already Markdown. */
function labelled(label: string, text: string): string {
  return `**${label}**: ${text}`;
}

function line({ id, summary }: DoctorCheck): string {
  return `- ✓ **${inMarkdown(id)}**: ${inMarkdown(summary)}`;
}

function hasMore({ details, remediation }: DoctorCheck): boolean {
  return details.length > 0 || remediation !== null;
}

function more({ details, remediation }: DoctorCheck, t: Translate): readonly string[] {
  return [
    ...(remediation === null ? [] : [labelled(t('What helps'), inMarkdown(remediation))]),
    ...(details.length === 0 ? [] : [details.map((text) => `- ${inMarkdown(text)}`).join('\n')]),
  ];
}

/** Words of Codex 0.169 are `ok`, `warning` and `fail`; a later version may have more. */
function weightOf(status: string): Weight {
  switch (status) {
    case 'ok':
    case 'pass':
      return 'ok';
    case 'warning':
    case 'warn':
      return 'warning';
    case 'fail':
    case 'failed':
    case 'error':
      return 'failed';
    default:
      return 'other';
  }
}

function statusWords(status: string, t: Translate): string {
  switch (weightOf(status)) {
    case 'ok':
      return marked('✓', t('Well'));
    case 'warning':
      return marked('⚠', t('Warning'));
    case 'failed':
      return marked('✗', t('Failed'));
    case 'other':
      return marked('•', inMarkdown(status));
  }
}

/** Meaning is never a sign alone. */
function marked(sign: string, text: string): string {
  return [sign, text].join(' ');
}
