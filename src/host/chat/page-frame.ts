import type { Disposable, Webview } from 'vscode';
import { l10n, Uri } from 'vscode';
import type { FromWebview, Ping, ToWebview, ViewId } from '../../protocol/index.ts';
import type { HostContext } from '../context.ts';
import { after } from './after.ts';
import { chatPage } from './page.ts';
import { PageWatch } from './page-watch.ts';
import { readPageWords } from './page-words.ts';

/** Where a chat is shown: a view of the side bar, or a tab. */
export type ChatSurface = {
  readonly id: ViewId;
  readonly place: 'side-bar' | 'tab';
  readonly webview: Webview;
  readonly visible: () => boolean;
  /** Gives it another frame; false = it can't now. */
  readonly recreate: () => Promise<boolean>;
  /** Calls when it may be in sight or not by now, or was looked at. */
  readonly looks: (call: () => void) => readonly Disposable[];
};

type FrameListener = {
  /** Of this view, and of the right shape. */
  readonly onMessage: (message: FromWebview) => void;
  /** The page is away: nothing that is posted arrives before its next hello. */
  readonly onGone: () => void;
  readonly onFailed: (error: unknown) => void;
};

/** The page of one chat: loads it, checks what it says, and brings it back when it is gone. */
export class PageFrame {
  readonly #ctx: Pick<HostContext, 'extension' | 'log'>;
  readonly #surface: ChatSurface;
  readonly #on: FrameListener;
  readonly #watch: PageWatch;
  readonly #looks: readonly Disposable[];
  #load: () => Promise<void> = async () => {};
  #disposed = false;
  #pings = 0;
  #wasVisible: boolean;

  constructor(ctx: Pick<HostContext, 'extension' | 'log'>, surface: ChatSurface, on: FrameListener) {
    this.#ctx = ctx;
    this.#surface = surface;
    this.#on = on;
    this.#wasVisible = surface.visible();
    this.#watch = new PageWatch({
      ping: () => this.ping(),
      reload: (inVain) => this.#reload(inVain),
      giveUp: () => on.onFailed(new Error(l10n.t('Its page does not come up. Reload the window.'))),
      after,
      now: () => performance.now(),
    });
    this.#open(surface.webview);
    this.#looks = surface.looks(() => this.#looked());
  }

  /** How often it was asked for a sign of life: the number of the last ping. */
  get pings(): number {
    return this.#pings;
  }

  ping(): void {
    this.#pings += 1;
    this.#send({ viewId: this.#surface.id, type: 'ping', n: this.#pings });
  }

  post(message: ToWebview): void {
    this.#send(message);
    this.#watch.expect();
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.away();
    for (const look of this.#looks) look.dispose();
  }

  #open(webview: Webview): void {
    const { extensionUri } = this.#ctx.extension;
    const built = Uri.joinPath(extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [built, Uri.joinPath(extensionUri, 'media')] };
    // The first message loads the validators; the others wait behind it, so that their order holds.
    const reader = () => import('../../protocol/schema/index.ts');
    webview.onDidReceiveMessage((message: unknown) => {
      void reader().then(
        ({ readFromWebview }) => {
          const read = readFromWebview(message);
          if (this.#disposed) return;
          if (read.ok && read.message.viewId === this.#surface.id) this.#take(read.message);
          else if (read.ok) this.#ctx.log.warn('A message of another view came to this one; it was dropped');
          else this.#ctx.log.warn(`A message of the chat view was refused: ${read.why}`);
        },
        (error: unknown) => this.#on.onFailed(error),
      );
    });
    const at = (file: string) => webview.asWebviewUri(Uri.joinPath(built, file)).toString();
    const words = readPageWords(built, this.#ctx.log);
    this.#load = async () => {
      const { tag, direction, strings } = await words;
      if (this.#disposed) return;
      webview.html = chatPage({
        viewId: this.#surface.id,
        place: this.#surface.place,
        // Another one each time, so that the same page given again is loaded again.
        nonce: crypto.randomUUID(),
        source: webview.cspSource,
        script: at('main.js'),
        style: at('main.css'),
        language: tag,
        direction,
        strings,
      });
    };
    void this.#load();
    if (this.#wasVisible) this.#watch.loading();
  }

  #take(message: FromWebview): void {
    this.#watch.heard(message.type === 'hello' ? 'hello' : message.type === 'pong' ? 'answer' : 'anything');
    this.#on.onMessage(message);
  }

  /** A hidden page is gone, and what is posted to it is lost: it says hello when it is back. */
  #looked(): void {
    const visible = this.#surface.visible();
    const was = this.#wasVisible;
    this.#wasVisible = visible;
    if (visible && was) this.#watch.expect();
    else if (visible) this.#watch.loading();
    else if (was) {
      this.#on.onGone();
      this.#watch.away();
    }
  }

  /**
   * A page that died comes back by itself, with what it saved. A browser VS Code also now and then answers 404 for our
   * script when its service worker is not ready, and the page stays blank for ever.
   */
  #reload(inVain: number): void {
    this.#ctx.log.warn(`The chat page is not there; it is loaded again (${inVain} times in vain)`);
    this.#on.onGone();
    if (inVain === 0) void this.#load();
    else this.#recreate().catch((error: unknown) => this.#on.onFailed(error));
  }

  async #recreate(): Promise<void> {
    if (!(await this.#surface.recreate())) await this.#load();
  }

  #send(message: ToWebview | Ping): void {
    this.#surface.webview.postMessage(message).then(undefined, (error) => {
      this.#ctx.log.error('A message did not reach the chat view', error);
    });
  }
}
