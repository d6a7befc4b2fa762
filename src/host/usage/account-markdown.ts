import type { NoReading, Reading, Readings } from '../../model/index.ts';
import { limitWindows } from '../../model/index.ts';
import type { Copy } from '../../routing/index.ts';
import { endpointCopy, limitCopy, whoIs } from '../../routing/index.ts';
import { inMarkdown } from '../markdown-text.ts';
import type { Translate } from '../translate.ts';
import { bar } from './block-chart.ts';

const barLength = 16;

type Facts = { readonly readings: Readings; readonly now: number; readonly timeOf: (at: number) => string };

/** The part of the page about the account: what is left, as it was told, and when that was. */
export function accountMarkdown({ readings, now, timeOf }: Facts, words: (copy: Copy) => string, t: Translate): string {
  const { account, limits, endpoint } = readings;
  const readAt = (at: string) => t('read at {0}', timeOf(Date.parse(at)));
  const title = t('Account and limits');
  const blocks = [`## ${title}`];
  if (account.kind === 'none') blocks.push(t('Account: {0}', inMarkdown(whyNone(account, t))));
  else {
    const { plan, workspace } = account.value;
    const parts = [words(whoIs(account.value)), plan, workspace].filter((part) => part !== null);
    blocks.push(t('Account: {0}', `${inMarkdown(parts.join(' · '))} (${readAt(account.at)})`));
  }
  const windows = limits.kind === 'told' ? limitWindows(limits.value, now) : [];
  const rows = windows.map((window) => {
    const { label, description } = limitCopy(window, timeOf);
    const { usedPercent, toldAt } = window;
    const drawn = usedPercent === null ? '' : bar(usedPercent, 100, barLength);
    return [inMarkdown(words(label)), drawn, inMarkdown(words(description)), timeOf(toldAt)];
  });
  if (rows.length > 0) {
    const head = [t('Limit'), '', t('Used'), t('Read at')];
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    blocks.push([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
  } else if (limits.kind === 'none' && limits.why === 'not-applicable') {
    blocks.push(t('Limits: none. Codex tells them of a ChatGPT login only.'));
  } else if (limits.kind === 'none') {
    blocks.push(t('Limits: {0}', inMarkdown(whyNone(limits, t))));
  } else blocks.push(t('Limits: none are known.'));
  if (endpoint.kind === 'told') {
    const said = endpoint.value.map((each) => {
      const { label, description } = endpointCopy(each, now);
      return `${words(label)}: ${words(description)}`;
    });
    blocks.push(`${inMarkdown(said.join('; '))} (${readAt(endpoint.at)})`);
  }
  return blocks.join('\n\n');
}

function whyNone({ why, detail }: Extract<Reading<unknown>, { kind: 'none' }>, t: Translate): string {
  const says: Readonly<Record<NoReading, string>> = {
    'not-read': t('not read yet'),
    shut: t('not read'),
    'not-applicable': t('none'),
    failed: t('no answer'),
  };
  return detail === null ? says[why] : `${says[why]}: ${detail}`;
}
