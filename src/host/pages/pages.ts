import type { ExtensionContext } from 'vscode';
import { commands, EventEmitter, extensions, TabInputWebview, Uri, window, workspace } from 'vscode';
import type { Log } from '../ports.ts';

/** A page of our own in the editor area: Markdown that nobody can edit. */
export type Page = {
  readonly uri: Uri;
  readonly show: () => Promise<void>;
  /** Its text is another one now: an open page follows. */
  readonly changed: () => void;
};

export type Pages = {
  /** Makes a page known, also for a window that comes back with it open. `text` is asked for when it is shown. */
  readonly add: (title: string, text: () => string) => Page;
};

const scheme = 'codex-lanes';
/** The editor's own Markdown preview; a user may have switched it off. */
const preview = 'vscode.markdown-language-features';

export function createPages({ subscriptions }: ExtensionContext, log: Log): Pages {
  const texts = new Map<string, () => string>();
  const changes = new EventEmitter<Uri>();
  const provider = {
    onDidChange: changes.event,
    provideTextDocumentContent: (uri: Uri) => texts.get(uri.path)?.() ?? null,
  };
  subscriptions.push(changes, workspace.registerTextDocumentContentProvider(scheme, provider));
  return {
    add: (title, text) => {
      const uri = Uri.from({ scheme, path: `/${title}.md` });
      texts.set(uri.path, text);
      return {
        uri,
        show: async () => {
          changes.fire(uri);
          if (extensions.getExtension(preview) === undefined) {
            await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
          } else {
            // Locked: a tab of its own, which no other Markdown file takes over.
            await commands.executeCommand('markdown.showPreview', uri, undefined, { locked: true });
          }
        },
        changed: () => {
          if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) changes.fire(uri);
          else if (isPreviewed(`${title}.md`)) refreshPreviews(log);
        },
      };
    },
  };
}

function isPreviewed(file: string): boolean {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(
    ({ input, label }) =>
      input instanceof TabInputWebview && input.viewType.endsWith('markdown.preview') && label.endsWith(file),
  );
}

/** The editor lets go of a document some minutes after only a preview asked for it; the preview asks again when told. */
function refreshPreviews(log: Log): void {
  commands
    .executeCommand('markdown.preview.refresh')
    .then(undefined, (error) => log.error('A page was not brought up to date', error));
}
