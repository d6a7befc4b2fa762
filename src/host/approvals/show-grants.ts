import type { QuickPickItem } from 'vscode';
import { env, l10n, ThemeIcon, window } from 'vscode';
import { messageOf } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import { grantRows } from './grant-rows.ts';

type GrantItem = QuickPickItem & { readonly id: string };

/** Every grant on this machine, with what it was used for; each can be taken back. */
export async function showGrants({ core, log }: HostContext): Promise<void> {
  const { grants, threads } = await core.get();
  const summaries = await threads.list();
  const titles = new Map<string, string>(summaries.map(({ threadId, title }) => [threadId, title]));
  const picker = window.createQuickPick<GrantItem>();
  picker.title = l10n.t('Grants');
  picker.matchOnDescription = true;
  const fill = async (): Promise<void> => {
    const rows = grantRows({
      grants: await grants.list(),
      titleOf: (threadId) => titles.get(threadId) || null,
      now: Date.now(),
      language: env.language,
      dayOf: (at) => localTime(new Date(at), { dateStyle: 'medium' }),
      t: l10n.t,
    });
    picker.placeholder =
      rows.length === 0
        ? l10n.t('Nothing was allowed beyond once')
        : l10n.t('What is allowed without asking; the button takes it back');
    const buttons = [{ iconPath: new ThemeIcon('trash'), tooltip: l10n.t('Revoke This Grant') }];
    picker.items = rows.map((row) => ({ ...row, buttons }));
  };
  const revoke = async ({ id, label }: GrantItem): Promise<void> => {
    const revoked = await grants.revoke(id);
    log.info(`A grant ${revoked ? 'was revoked by the user' : 'was gone already'}`);
    if (!revoked) void window.showInformationMessage(l10n.t('It was revoked already: {0}', label));
    await fill();
  };
  const take = (item: GrantItem): void => {
    revoke(item).catch((error: unknown) => void window.showErrorMessage(messageOf(error)));
  };
  const closed = new Promise<void>((resolve) => picker.onDidHide(resolve));
  // Enter reads; only the button takes back.
  picker.onDidTriggerItemButton(({ item }) => take(item));
  try {
    await fill();
    picker.show();
    await closed;
  } finally {
    picker.dispose();
  }
}
