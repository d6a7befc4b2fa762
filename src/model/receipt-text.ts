import { costText } from './cost-text.ts';
import type { LaneSelection } from './ids.ts';
import { isPaying } from './payer.ts';
import type { Payer, Receipt } from './receipt.ts';
import type { CommandCount } from './tool-policy.ts';
import type { Usage } from './usage.ts';

export type ReceiptTextOptions = {
  readonly turnId: string;
  /** The prompt's text; left out unless the user wants it: a receipt is made to be passed on. */
  readonly prompt?: string;
};

/** A receipt as JSON, two spaces deep: the stored fields under their own names, times in milliseconds. */
export function receiptJson(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/** A receipt as a Markdown table (English), every field by name and with its unit. What is not known is called unknown. */
export function receiptMarkdown(receipt: Receipt, { turnId, prompt }: ReceiptTextOptions): string {
  const rows = factsOf(receipt).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  const parts = [
    `### Turn receipt ${escaped(turnId)}`,
    ...(prompt === undefined ? [] : [quoted(prompt)]),
    ['| Fact | Value |', '| --- | --- |', ...rows].join('\n'),
    ...(receipt.trace.length === 0 ? [] : [['Why this lane:', '', ...receipt.trace.map(step)].join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

type Fact = readonly [name: string, value: string];

function factsOf(receipt: Receipt): readonly Fact[] {
  const { executable, durations } = receipt;
  return [
    ['Lane asked', laneName(receipt.asked)],
    ['Lane resolved', receipt.resolved === null ? 'none: nothing ran' : laneName(receipt.resolved)],
    ['Transport', receipt.transport],
    ['Executable', executable === null ? 'none' : `${executable.version}, ${executable.path} (${executable.source})`],
    ['Endpoint', receipt.endpoint ?? 'the default of the runtime'],
    ['Paid by', receipt.payer === null ? 'unknown' : paidBy(receipt.payer)],
    ['Credential source', receipt.payer === null ? 'unknown' : receipt.payer.source],
    ...(receipt.vaultRequests === undefined
      ? []
      : [['Requests with the key from the vault', String(receipt.vaultRequests)] as const]),
    ['Model asked', receipt.modelAsked ?? 'default'],
    ['Model served', receipt.modelServed],
    ['Effort', receipt.effort ?? 'default'],
    ['Sandbox', receipt.sandbox ?? 'none: this lane runs nothing on the machine'],
    ['Approval policy', receipt.approvalPolicy ?? 'unknown'],
    ['Folder', receipt.cwd ?? 'none'],
    ['Native thread', receipt.nativeThreadId ?? 'none'],
    ['Completion policy', receipt.completionPolicy ?? 'none'],
    ['History completeness', receipt.historyCompleteness ?? 'none'],
    ['Usage of this turn', receipt.usage === null ? 'unknown' : usageText(receipt.usage)],
    ['Usage authority', receipt.usageAuthority ?? 'none'],
    ...(receipt.cost === undefined
      ? []
      : [['Cost', `${costText(receipt.cost.usd)} by ${receipt.cost.source}`] as const]),
    ...(receipt.rounds === undefined ? [] : [['Requests', String(receipt.rounds)] as const]),
    ...(receipt.commands === undefined ? [] : [['Commands', commandsText(receipt.commands)] as const]),
    ['Exit code', receipt.exitCode === null ? 'none' : String(receipt.exitCode)],
    ['Ended by signal', receipt.killStep],
    ['Warnings', warningsText(receipt.warnings)],
    ['Waited in the queue', ms(durations.queueMs)],
    ['First event after', ms(durations.firstEventMs)],
    ['First text after', ms(durations.firstTextMs)],
    ['Total', ms(durations.totalMs)],
    ['Seal (SHA-256)', receipt.seal],
  ];
}

function laneName(lane: LaneSelection): string {
  switch (lane) {
    case 'api':
      return 'API';
    case 'codex-native':
      return 'Codex native';
    case 'auto':
      return 'Auto';
  }
}

/** Without the source, which has a row of its own. */
function paidBy(payer: Payer): string {
  if (!isPaying(payer)) return `nobody (${payer.label} takes no credential)`;
  switch (payer.kind) {
    case 'api-key':
      return `API key ${payer.label}`;
    case 'chatgpt':
      return `ChatGPT account ${payer.label}`;
    case 'provider':
    case 'none':
      return `provider ${payer.label}`;
  }
}

function usageText(usage: Usage): string {
  const parts: readonly (readonly [string, number | null | undefined])[] = [
    ['input', usage.input],
    ['cached input', usage.cachedInput],
    ['output', usage.output],
    ['reasoning output', usage.reasoningOutput],
    ['cache write', usage.cacheWrite],
    ['context window', usage.contextWindow],
  ];
  const told = parts.filter((part) => part[1] !== undefined);
  return told.map(([name, tokens]) => `${name} ${tokens === null ? 'unknown' : `${tokens} tokens`}`).join(', ');
}

function commandsText({ sandboxed, unsandboxed }: CommandCount): string {
  return `${sandboxed} in the sandbox of Codex, ${unsandboxed} without a sandbox`;
}

function warningsText(warnings: Receipt['warnings']): string {
  const parts = Object.entries(warnings).map(([source, count]) => `${source}: ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function ms(value: number | null): string {
  return value === null ? 'not reached' : `${value} ms`;
}

function step({ rule, says }: Receipt['trace'][number], index: number): string {
  return `${index + 1}. ${escaped(rule)}: ${escaped(says)}`;
}

/** One line: a cell ends at a line break, and at a pipe. */
function cell(text: string): string {
  return text === '' ? '(empty)' : escaped(text);
}

/** Shows as it is in any Markdown: nothing of a path or of a provider's words is markup, a link or HTML. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\\`*_{}[\]#|~<>&$]/g, '\\$&')
    .replace(/(?:https?|ftp|mailto):|www\./gi, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

/** Inside a fence that is longer than any run of backticks in it. */
function quoted(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
