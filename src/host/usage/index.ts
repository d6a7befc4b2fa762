import { l10n, ProgressLocation, window } from 'vscode';
import type { HostContext } from '../context.ts';
import { dayTime } from '../day-time.ts';
import type { Page } from '../pages/index.ts';
import { words } from '../words/index.ts';
import { accountMarkdown } from './account-markdown.ts';
import type { UsageFigures } from './usage-figures.ts';
import { usageFigures } from './usage-figures.ts';
import { usageMarkdown } from './usage-markdown.ts';

/** Threads that are read, the last used first: each is a file. */
const maxThreads = 300;

let page: Page | null = null;
let read: { readonly figures: UsageFigures; readonly leftOut: number } | null = null;

/** The page exists from the start, for a window that comes back with it open. */
export function register({ extension, pages, readings, status }: HostContext): void {
  page = pages.add(l10n.t('Usage'), () => {
    if (read === null) return l10n.t('The threads were not read in this window yet.');
    const { figures, leftOut } = read;
    const [now, timeOf] = [Date.now(), (at: number) => dayTime(at)];
    const account = status.current().inputs.gates.interactive
      ? { account: accountMarkdown({ readings: readings.current(), now, timeOf }, words, l10n.t) }
      : {};
    return usageMarkdown(figures, { leftOut, today: dayOf(new Date().toISOString()), ...account }, l10n.t);
  });
  extension.subscriptions.push({ dispose: readings.onChange(() => page?.changed()) });
}

/** Reads the receipts of the threads and shows what they used. */
export async function showUsage({ core, log, readings, status }: HostContext): Promise<void> {
  const { threads } = await core.get();
  // It comes onto the page when it comes.
  if (status.current().inputs.gates.interactive) void readings.read();
  const title = l10n.t('Reading the threads');
  await window.withProgress({ location: ProgressLocation.Window, title }, async () => {
    const known = [...(await threads.list())].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    const views = [];
    for (const { threadId } of known.slice(0, maxThreads)) {
      try {
        const view = await threads.glance(threadId);
        // The rest of 300 threads is nothing to hold in memory; the first row says when a thread began.
        views.push({ ...view, rows: view.rows.filter((row, at) => at === 0 || row.kind === 'receipt') });
      } catch (error) {
        log.error(`Thread ${threadId} could not be read for the usage page`, error);
      }
    }
    read = { figures: usageFigures(views, dayOf), leftOut: known.length - views.length };
  });
  await page?.show();
}

/** The day in the user's own time. */
function dayOf(at: string): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
