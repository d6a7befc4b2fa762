import { costText } from '../../model/index.ts';
import { inMarkdown } from '../markdown-text.ts';
import type { Translate } from '../translate.ts';
import { bar, columns } from './block-chart.ts';
import type { UsageFigures, UsageSum } from './usage-figures.ts';

/** Days and threads that are listed; the sums are over all of them. */
const maxRows = 60;
const barLength = 16;
/** Days of the chart, the last of them today. */
const chartDays = 30;

type Options = {
  readonly leftOut: number;
  /** As `2026-11-21`. */
  readonly today: string;
  /** The part about the account; left out: there is none. */
  readonly account?: string;
};

/** The page: the whole, a chart of the days, then days and threads. What nobody told is said, never counted as nothing. */
export function usageMarkdown({ days, threads, all }: UsageFigures, options: Options, t: Translate): string {
  const { leftOut, today, account } = options;
  const top = [heading(1, t('Usage')), ...(account === undefined ? [] : [account])];
  if (all.turns === 0) return page([...top, t('No turn has ended yet.')]);
  // Without prices there is no column of it.
  const hasCost = all.priced > 0;
  const cost = hasCost ? [t('Cost')] : [];
  const most = Math.max(...days.map(tokens));
  const mostOfThread = Math.max(...threads.map(tokens));
  const bars = days
    .slice(0, maxRows)
    .map((day) => [day.day, bar(tokens(day), most, barLength), ...figures(day, hasCost, t)]);
  const rows = threads
    .slice(0, maxRows)
    .map((thread) => [
      inMarkdown(thread.title),
      bar(tokens(thread), mostOfThread, barLength),
      thread.last,
      ...figures(thread, hasCost, t),
    ]);
  const blocks = [
    ...top,
    ...(account === undefined ? [] : [heading(2, t('Tokens'))]),
    t(
      'Tokens in: {0}, of them cached: {1}. Tokens out: {2}. Turns: {3}.',
      ...[all.input, all.cachedInput, all.output].map(grouped),
      all.turns,
    ),
    ...(all.priced > 0
      ? [
          t(
            'Cost of the turns whose prices you told, by codexLanes.api.prices: {0}. Turns: {1} of {2}.',
            costText(all.usd),
            all.priced,
            all.turns,
          ),
        ]
      : []),
    ...(all.untold > 0 ? [t('Turns whose tokens nobody told, so that they are in no sum: {0}.', all.untold)] : []),
    ...(leftOut > 0 ? [t('Threads left out, as they are older or can not be read: {0}.', leftOut)] : []),
    heading(2, t('By day')),
    ...chart(days, today, t),
    table([t('Day'), '', t('In'), t('Out'), t('Turns'), ...cost], bars, 3 + cost.length),
    heading(2, t('By thread')),
    table([t('Thread'), '', t('Last turn'), t('In'), t('Out'), t('Turns'), ...cost], rows, 3 + cost.length),
  ];
  return page(blocks);
}

const heading = (level: number, text: string): string => `${'#'.repeat(level)} ${text}`;
const page = (blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

const tokens = (sum: UsageSum): number => sum.input + sum.output;

function figures(sum: UsageSum, hasCost: boolean, t: Translate): readonly string[] {
  const known = sum.untold < sum.turns;
  const turns = sum.untold > 0 && known ? t('{0} ({1} unknown)', sum.turns, sum.untold) : String(sum.turns);
  const told = [known ? grouped(sum.input) : t('unknown'), known ? grouped(sum.output) : t('unknown'), turns];
  return hasCost ? [...told, costOf(sum, t)] : told;
}

/** A sum over a part of the turns says over how many. */
function costOf({ usd, priced, turns }: UsageSum, t: Translate): string {
  if (priced === 0) return t('unknown');
  return priced === turns ? costText(usd) : t('{0} ({1} of {2} turns)', costText(usd), priced, turns);
}

/** The last days as a line of columns, days without a turn among them; none where they used nothing. */
function chart(days: UsageFigures['days'], today: string, t: Translate): readonly string[] {
  const used = new Map(days.map((day) => [day.day, tokens(day)]));
  const shown = lastDays(today).map((day) => ({ day, used: used.get(day) ?? 0 }));
  const most = shown.reduce((a, b) => (b.used > a.used ? b : a));
  if (most.used === 0) return [];
  const words = t('Tokens of the last {0} days. The most: {1}, on {2}.', chartDays, grouped(most.used), most.day);
  return [`\`${columns(shown.map((day) => day.used))}\``, words];
}

/** Oldest first. Noon, so that no change of clocks skips a day. */
function lastDays(today: string): readonly string[] {
  const noon = Date.parse(`${today}T12:00:00Z`);
  return Array.from({ length: chartDays }, (_, index) =>
    new Date(noon - (chartDays - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** `12 345`, with a thin space that does not break. */
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** `figures`: how many of the last columns are. */
function table(head: readonly string[], rows: readonly (readonly string[])[], figures: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, index) => (index < head.length - figures ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}
