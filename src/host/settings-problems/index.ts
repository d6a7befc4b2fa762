import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';

/** Says each bad value once, and again only after it was right in between. */
export function register({ extension, settings, log }: HostContext): void {
  let said = new Set<string>();
  const check = () => {
    const { problems } = settings.get();
    for (const problem of problems.filter((text) => !said.has(text))) {
      log.warn(problem);
      void window.showWarningMessage(l10n.t('{0}. What is wrong there is not used.', problem));
    }
    said = new Set(problems);
  };
  check();
  extension.subscriptions.push({ dispose: settings.onChange(check) });
}
