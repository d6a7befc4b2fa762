import { l10n, ProgressLocation, window } from 'vscode';
import type { DoctorReport } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import type { Page } from '../pages/index.ts';
import { mayRun } from '../trust/index.ts';
import { doctorMarkdown } from './doctor-markdown.ts';

type Asked = { readonly report: DoctorReport; readonly at: Date };

let page: Page | null = null;
let asked: Asked | null = null;
let asking: Promise<void> | null = null;

/** The page exists from the start, for a window that comes back with it open. */
export function register({ pages }: HostContext): void {
  page = pages.add(l10n.t('Codex Doctor'), () => {
    if (asked === null) return l10n.t('Codex was not asked in this window yet.');
    return doctorMarkdown(asked.report, l10n.t('asked at {0}', localTime(asked.at)), l10n.t);
  });
}

/** Lets Codex check itself, which includes its network, and shows what it says. */
export async function runDoctor(ctx: HostContext): Promise<void> {
  if (!mayRun(ctx.workspace)) return;
  asking ??= ask(ctx).finally(() => {
    asking = null;
  });
  await asking;
}

async function ask({ core, log }: HostContext): Promise<void> {
  const { runtime } = await core.get();
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Codex checks itself and its network'),
    cancellable: true,
  };
  const report = await window.withProgress(options, (_progress, token) => {
    const ended = new Promise<null>((resolve) => {
      token.onCancellationRequested(() => {
        resolve(null);
        const running = runtime.processes().filter(({ kind }) => kind === 'doctor');
        for (const { pid } of running) {
          runtime.endProcess(pid).catch((error: unknown) => log.error('The doctor of Codex was not ended', error));
        }
      });
    });
    return Promise.race([runtime.doctor(), ended]);
  });
  if (report === null) return;
  asked = { report, at: new Date() };
  await page?.show();
}
