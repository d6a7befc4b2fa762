import type { JSX } from 'preact';
import { Component } from 'preact';
import { PageActionsProvider } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { Announcer } from './announcer.tsx';
import type { App } from './app-context.ts';
import { AppProvider } from './app-context.ts';
import { Composer } from './composer.tsx';
import { Header } from './header.tsx';
import { Transcript } from './transcript.tsx';

/** Times in a row that a page which fails to draw asks for a fresh snapshot by itself. */
const maxRetries = 2;

type PageState = { readonly failedAt: number | null };

/** The whole page. When drawing fails it tells the host, and tries again with the snapshot that comes. */
export class Page extends Component<{ readonly app: App }, PageState> {
  override state: PageState = { failedAt: null };
  #failures = 0;

  override componentDidCatch(error: unknown): void {
    const { store, actions } = this.props.app;
    this.#failures++;
    this.setState({ failedAt: store.snapshots.value });
    if (this.#failures <= maxRetries)
      actions.viewFailed(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  override render({ app }: { readonly app: App }, { failedAt }: PageState): JSX.Element {
    if (failedAt !== null && failedAt === app.store.snapshots.value) {
      return (
        <div class="view-failed" role="alert">
          <p>{t('viewFailed')}</p>
          <button type="button" class="button" onClick={() => this.setState({ failedAt: null })}>
            {t('viewRetry')}
          </button>
        </div>
      );
    }
    return (
      <AppProvider value={app}>
        <PageActionsProvider value={app.actions}>
          <Header />
          <Transcript />
          <Composer />
          <Announcer />
        </PageActionsProvider>
      </AppProvider>
    );
  }
}
