import { l10n, window } from 'vscode';
import type { LiveProcess } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import { pidOf } from '../processes/index.ts';

/** Ends a living process of ours with all that it started: the one of a row, or one that the user picks. */
export async function endProcess({ core, log }: HostContext, which: unknown): Promise<void> {
  const { runtime } = await core.get();
  const rows = runtime.processes();
  const pid = pidOf(which);
  const chosen = pid === null ? await pick(rows) : rows.find((row) => row.pid === pid);
  if (chosen === undefined) {
    if (pid !== null || rows.length === 0) void window.showInformationMessage(l10n.t('It has ended already.'));
    return;
  }
  const end = l10n.t('End Process');
  const detail =
    chosen.kind === 'turn'
      ? l10n.t('Its turn ends as interrupted. What it changed on disk stays.')
      : l10n.t('What it was started for is given up.');
  const title = l10n.t('End {0} (process {1})?', chosen.label, chosen.pid);
  if ((await window.showWarningMessage(title, { modal: true, detail }, end)) !== end) return;
  const ended = await runtime.endProcess(chosen.pid);
  log.info(`Process ${chosen.pid} ${ended ? 'was ended by the user' : 'had ended already'}`);
  if (!ended) void window.showInformationMessage(l10n.t('It has ended already.'));
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
