import { l10n } from 'vscode';
import { copyTable, explain, explainMarkdown } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import type { Page } from '../pages/index.ts';

let page: Page | null = null;

/** The page that says, for each thing that a lane can do, which gate shuts it and what opens that gate. */
export function register({ extension, pages, status }: HostContext): void {
  page = pages.add(l10n.t(copyTable['explain.title']), () => {
    const now = status.current();
    return explainMarkdown(explain(now.inputs, now.since), now);
  });
  extension.subscriptions.push({ dispose: status.onChange(() => page?.changed()) });
}

export async function showExplanation(): Promise<void> {
  await page?.show();
}
