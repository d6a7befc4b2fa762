import { l10n, window } from 'vscode';
import type { App } from '../../compose.ts';
import type { LiveProcess } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import { pidOf } from '../processes/index.ts';

/** Ends a living process of ours with all that it started: the one of a row, or one that the user picks. */
export async function endProcess({ core, log, running }: HostContext, which: unknown): Promise<void> {
  const { runtime, threads } = await core.get();
  const rows = runtime.processes();
  const pid = pidOf(which);
  const chosen = pid === null ? await pick(rows) : rows.find((row) => row.pid === pid);
  if (chosen === undefined) {
    if (pid !== null || rows.length === 0) void window.showInformationMessage(l10n.t('It has ended already.'));
    return;
  }
  const end = l10n.t('End Process');
  const detail = await whatEnds(chosen.kind, () => turnsOverServer(threads, running));
  const title = l10n.t('End {0} (process {1})?', chosen.label, chosen.pid);
  if ((await window.showWarningMessage(title, { modal: true, detail }, end)) !== end) return;
  const ended = await runtime.endProcess(chosen.pid);
  log.info(`Process ${chosen.pid} ${ended ? 'was ended by the user' : 'had ended already'}`);
  if (!ended) void window.showInformationMessage(l10n.t('It has ended already.'));
}

async function whatEnds(kind: LiveProcess['kind'], names: () => Promise<readonly string[]>): Promise<string> {
  switch (kind) {
    case 'turn':
      return l10n.t('Its turn ends as interrupted. What it changed on disk stays.');
    case 'server':
      return serverText(await names());
    case 'probe':
    case 'doctor':
    case 'install':
      return l10n.t('What it was started for is given up.');
  }
}

/** More names than these are counted: a box has no room to scroll. */
const named = 8;

/** A turn whose server is gone failed: it was not its own Stop. */
function serverText(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) {
    return l10n.t('No turn uses it now; a sign-in that is under way is given up. The next turn starts a new one.');
  }
  if (names.length === 1) {
    return l10n.t('The turn of “{0}” uses it and ends as failed. What it changed on disk stays.', first);
  }
  const more = names.length - named;
  return [
    l10n.t('Threads share it. {0} turns use it and end as failed; what they changed on disk stays:', names.length),
    ...names.slice(0, named).map((name) => `• ${name}`),
    ...(more > 0 ? [l10n.t('and {0} more', more)] : []),
  ].join('\n');
}

/** The threads of this window whose running turn is the server's, by name; on exec each turn is a process of its own. */
async function turnsOverServer(threads: App['threads'], running: HostContext['running']): Promise<readonly string[]> {
  const views = await Promise.all(running.current().map(({ threadId }) => threads.view(threadId)));
  return views
    .filter(
      ({ turns, activeTurnId }) => turns.find(({ turnId }) => turnId === activeTurnId)?.transport === 'app-server',
    )
    .map(({ title }) => title.replace(/\s+/g, ' ').trim() || l10n.t('New thread'));
}

async function pick(rows: readonly LiveProcess[]): Promise<LiveProcess | undefined> {
  if (rows.length === 0) return undefined;
  const items = rows.map((row) => ({
    row,
    label: row.label,
    description: String(row.pid),
    detail: localTime(new Date(row.startedAt)),
  }));
  const chosen = await window.showQuickPick(items, { title: l10n.t('End Process') });
  return chosen?.row;
}
