// The chat in its webview, wherever VS Code put it: side bar, secondary side bar, panel or tab.

import { noteFault } from './host-faults.mjs';
import { until } from './until.mjs';

const READY_LIMIT_MS = 18_000;
/** VS Code itself tries again within this, or not before ten seconds have passed. */
const SCRIPT_PATIENCE_MS = 5_000;

export class ChatView {
  /**
   * @param {import('playwright-core').Page} page
   * @param {string} extensionId
   * @param {{ tab?: boolean }} [options] the chat in the first tab that is in sight, instead of the one in a view
   */
  constructor(page, extensionId, { tab = false } = {}) {
    this.page = page;
    const place = tab ? ':not([src*="purpose=webviewView"])' : '[src*="purpose=webviewView"]';
    // VS Code nests a webview twice: its own page with the service worker, then the extension's document. Frame locators
    // look both up on every use, so they outlive a reload, a move and a hidden view.
    this.host = page.locator(`iframe.webview[src*="extensionId=${extensionId}"]${place}`).first();
    this.frame = this.host.contentFrame().frameLocator('#active-frame');
    /** When loading the page's script was given up and not begun anew, as `Date.now()`. */
    this.scriptGivenUp = Number.POSITIVE_INFINITY;
    const note = (time) => (request) => {
      if (request.url().endsWith('/dist/webview/main.js')) this.scriptGivenUp = time();
    };
    page.on('requestfailed', note(Date.now));
    page.on(
      'request',
      note(() => Number.POSITIVE_INFINITY),
    );
  }

  /** The text field of the composer. */
  get composer() {
    return this.frame.getByRole('textbox').last();
  }

  /** The transcript. */
  get log() {
    return this.frame.getByRole('log');
  }

  /**
   * What the transcript shows now, one per prompt, item and receipt; the line at its end that says what goes on is none. A
   * virtual list: only rows in sight are there.
   */
  get rows() {
    const line = '[data-key="running"]';
    const rows = this.log.getByRole('article').or(this.log.getByRole('listitem'));
    return rows.and(this.log.locator(`:not(${line}, ${line} *)`));
  }

  /** A row that has this text in it. */
  row(text) {
    return this.rows.filter({ hasText: text });
  }

  /** A button by its accessible name. */
  button(name) {
    return this.frame.getByRole('button', { name });
  }

  /** The prompts that an empty chat offers. */
  get suggestions() {
    return this.frame.getByRole('list', { name: 'Suggestions' }).getByRole('button');
  }

  /** Waits for a thread that nobody has sent anything in. */
  async empty() {
    await this.suggestions.first().waitFor();
  }

  /** The line at the end of a turn. */
  receipt(words) {
    return this.log.getByRole('button', { name: words });
  }

  /**
   * What the last receipt says of one fact; opens it.
   * @param {string} name
   */
  async fact(name) {
    const receipt = this.log.locator('.receipt').last();
    const line = receipt.getByRole('button', { name: 'Receipt: ' });
    if ((await line.getAttribute('aria-expanded')) !== 'true') await line.click();
    const facts = receipt.locator('dl > div');
    return facts
      .filter({ has: this.frame.getByText(name, { exact: true }) })
      .locator('dd')
      .innerText();
  }

  /** What goes on now, at the end of the transcript, with how far the turn is when it is open. */
  get running() {
    return this.log.locator('.running');
  }

  /** Why a prompt would not run now, above the composer. */
  note(words) {
    return this.frame.getByRole('note').filter({ hasText: words });
  }

  /** What is asked before a prompt is sent, above the composer. */
  question(words) {
    return this.frame.getByRole('group').filter({ hasText: words });
  }

  /**
   * Waits until the chat can be typed in and knows its thread and its lane. Now and then, on a busy machine, VS Code's
   * service worker gives up the script of a webview, whoever's it is, until the window is loaded anew: then the page
   * stays empty, and only then is the window loaded again. A page whose script ran and that does not come up is a
   * failure, and so is, through `assertQuiet`, a script that threw.
   */
  async ready() {
    const lane = this.button(/^Lane: /);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const scriptLost = () => Date.now() - this.scriptGivenUp > SCRIPT_PATIENCE_MS;
      const look = async () => (await lane.isVisible()) || scriptLost();
      const up = await until(look, 'the chat', READY_LIMIT_MS).then(
        () => lane.isVisible(),
        () => false,
      );
      if (up || (await this.frame.locator('#root > *').count()) > 0) break;
      noteFault('it did not load the script of a webview');
      await this.page.evaluate(endServiceWorkers);
      await this.page.reload({ waitUntil: 'domcontentloaded' });
    }
    await lane.waitFor({ timeout: READY_LIMIT_MS });
    // Icons are a font: without it a picture shows gaps.
    await this.composer.evaluate(({ ownerDocument }) => ownerDocument.fonts.ready.then(() => undefined));
  }

  /** Takes the page away from under the chat, as a crash does: nobody is told, and what is sent to it is lost. */
  async die() {
    await this.frame.locator('body').evaluate(() => {
      location.href = 'about:blank';
    });
    await this.composer.waitFor({ state: 'detached' });
  }

  /** Takes the whole frame away, as the end of its process does: it takes no other page, either. */
  async loseFrame() {
    await this.host.evaluate((frame) => {
      frame.src = 'about:blank';
    });
    await this.composer.waitFor({ state: 'detached' });
  }

  /** Types without sending. Key by key into the field itself: keys sent to the page get lost between frames. */
  async type(text) {
    await this.composer.click();
    await this.composer.pressSequentially(text);
  }

  /** Types a prompt and sends it with Enter. */
  async send(text) {
    await this.type(text);
    await this.composer.press('Enter');
  }

  /**
   * Pastes an image into the composer, as from a screenshot.
   * @param {string} base64 of a PNG
   * @param {string} name
   */
  async pasteImage(base64, name) {
    await this.composer.evaluate(
      (field, image) => {
        const bytes = Uint8Array.from(atob(image.base64), (letter) => letter.charCodeAt(0));
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([bytes], image.name, { type: 'image/png' }));
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      },
      { base64, name },
    );
  }

  /** What stands in the composer. */
  async draft() {
    return this.composer.inputValue();
  }

  /**
   * Watches for words that may be there for less time than a locator looks between two looks.
   * @returns {Promise<() => Promise<boolean>>} reads whether they were seen since
   */
  async watchFor(words) {
    const handle = await this.frame.locator('body').evaluateHandle((body, wanted) => {
      const state = { seen: false };
      const look = () => {
        state.seen ||= body.textContent.includes(wanted);
      };
      new MutationObserver(look).observe(body, { subtree: true, childList: true, characterData: true });
      return state;
    }, words);
    return () => handle.evaluate(({ seen }) => seen);
  }

  /**
   * Watches the transcript grow: one entry for every frame in which its text had another length than before. The oracle
   * for "streams": an answer that comes in one piece adds one entry.
   * @returns {Promise<() => Promise<number[]>>} reads the lengths seen since
   */
  async watchGrowth() {
    const handle = await this.log.evaluateHandle((log) => {
      const lengths = [log.textContent.length];
      const look = () => {
        const length = log.isConnected ? log.textContent.length : lengths.at(-1);
        if (length !== lengths.at(-1)) lengths.push(length);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      return lengths;
    });
    return () => handle.evaluate((lengths) => [...lengths]);
  }
}

/** In the page: the next load starts with new service workers. */
async function endServiceWorkers() {
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
}
