import { inMarkdown } from '../markdown-text.ts';
import type { Translate } from '../translate.ts';
import type { UsageFigures, UsageSum } from './usage-figures.ts';

/** Days and threads that are listed; the sums are over all of them. */
const maxRows = 60;
const barLength = 20;

/** The page: the whole, a bar a day, then the threads. What nobody told is said, never counted as nothing. */
export function usageMarkdown({ days, threads, all }: UsageFigures, leftOut: number, t: Translate): string {
  const title = heading(1, t('Usage'));
  if (all.turns === 0) return page([title, t('No turn has ended yet.')]);
  const most = Math.max(...days.map(tokens));
  const bars = days.slice(0, maxRows).map((day) => [day.day, bar(tokens(day), most), ...figures(day, t)]);
  const rows = threads
    .slice(0, maxRows)
    .map((thread) => [inMarkdown(thread.title), thread.last, ...figures(thread, t)]);
  const blocks = [
    title,
    t(
      '{0} tokens in, {1} of them cached, and {2} out, in {3} turns.',
      ...[all.input, all.cachedInput, all.output].map(grouped),
      all.turns,
    ),
    ...(all.untold > 0 ? [t('Of {0} turns nobody told the tokens: they are in no sum.', all.untold)] : []),
    ...(leftOut > 0 ? [t('{0} older threads are left out.', leftOut)] : []),
    heading(2, t('By day')),
    table([t('Day'), '', t('In'), t('Out'), t('Turns')], bars),
    heading(2, t('By thread')),
    table([t('Thread'), t('Last turn'), t('In'), t('Out'), t('Turns')], rows),
  ];
  return page(blocks);
}

const heading = (level: number, text: string): string => `${'#'.repeat(level)} ${text}`;
const page = (blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

const tokens = (sum: UsageSum): number => sum.input + sum.output;

function figures(sum: UsageSum, t: Translate): readonly string[] {
  const known = sum.untold < sum.turns;
  const turns = sum.untold > 0 && known ? t('{0} ({1} unknown)', sum.turns, sum.untold) : String(sum.turns);
  return [known ? grouped(sum.input) : t('unknown'), known ? grouped(sum.output) : t('unknown'), turns];
}

/** As long as its share of the largest; the smallest is still seen. */
function bar(value: number, most: number): string {
  if (value === 0 || most === 0) return '';
  return '█'.repeat(Math.max(1, Math.round((value / most) * barLength)));
}

/** `12 345`, with a thin space that does not break. */
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, index) => (index < 2 ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}
