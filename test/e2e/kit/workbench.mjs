// A window of VS Code, as a user drives it: palette, status bar, quick pick, notifications, trees, themes.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/platform.mjs';
import { ChatView } from './chat-view.mjs';
import { noteFault } from './host-faults.mjs';
import { themes } from './themes.mjs';
import { until } from './until.mjs';

const START_LIMIT_MS = 60_000;
const HOST_PATIENCE_MS = 12_000;
const PAGES_OF_A_TREE = 24;
const EXTENSION_ID = 'codex-lanes.codex-lanes';
/** How long a key is given to do what it does, on a busy machine. */
const KEY_PATIENCE_MS = 5_000;

/** @param {import('playwright-core').Locator} locator */
const appears = (locator) =>
  locator.waitFor({ timeout: KEY_PATIENCE_MS }).then(
    () => true,
    () => false,
  );

/** Whether the one is drawn wholly inside of the other, from top to bottom. */
async function isWithin(part, whole) {
  const [inner, outer] = await Promise.all([part.boundingBox(), whole.boundingBox()]).catch(() => [null, null]);
  if (inner === null || outer === null) return false;
  return inner.y >= outer.y - 1 && inner.y + inner.height <= outer.y + outer.height + 1;
}

export class Workbench {
  /**
   * @param {object} parts
   * @param {import('playwright-core').BrowserContext} parts.context
   * @param {import('playwright-core').Page} parts.page
   * @param {Set<string>} parts.refused requests off this machine
   * @param {string[]} parts.consoleLines
   * @param {import('../../vscode-host/server.mjs').HostServer} parts.server
   * @param {string} parts.url
   */
  constructor({ context, page, refused, consoleLines, server, url }) {
    this.context = context;
    this.page = page;
    this.refused = refused;
    this.consoleLines = consoleLines;
    this.server = server;
    this.url = url;
    this.chat = new ChatView(page, EXTENSION_ID);
    /** The chat in a tab. */
    this.tab = new ChatView(page, EXTENSION_ID, { tab: true });
    page.on('crash', () => noteFault('the browser lost its page'));
  }

  /**
   * The chat in a tab of a window that was opened from this one.
   * @param {import('playwright-core').Page} page
   */
  tabIn(page) {
    return new ChatView(page, EXTENSION_ID, { tab: true });
  }

  /** Loads the window and waits until the workbench stands. */
  async open() {
    await this.page.goto(this.url, { waitUntil: 'domcontentloaded' });
    await this.#stands();
  }

  /** Reloads the window as a user does: the workbench writes down what it keeps before it goes. */
  async reload() {
    const loaded = this.page.waitForEvent('domcontentloaded', { timeout: START_LIMIT_MS });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.#stands();
  }

  /**
   * Waits for the workbench and for extensions to run in it. Now and then VS Code's extension host does not come up in
   * the browser (seen on cold starts and reloads alike, with the built-in extensions missing too): then the page is
   * loaded anew, as a user would. An extension of ours that fails alone is not excused by that.
   */
  async #stands() {
    for (let attempt = 1; ; attempt += 1) {
      const late = this.page
        .waitForEvent('console', {
          predicate: (message) => message.text().includes('Timed out waiting for authentication provider'),
          timeout: START_LIMIT_MS,
        })
        // On a busy machine the host is only slow: this line comes after VS Code waited a few seconds.
        .then(() => this.page.waitForTimeout(HOST_PATIENCE_MS));
      const noHost = late.then(
        () => false,
        () => true,
      );
      await this.page.locator('.monaco-workbench').waitFor({ timeout: START_LIMIT_MS });
      await this.page.locator('.statusbar-item').first().waitFor({ timeout: START_LIMIT_MS });
      const ours = this.statusBarItem('codexLanes.lane')
        .waitFor({ timeout: START_LIMIT_MS })
        .then(
          () => true,
          () => true,
        );
      if ((await Promise.race([ours, noHost])) || attempt === 3) return;
      const failed = this.consoleLines.find((line) => line.includes(`Activating extension '${EXTENSION_ID}' failed`));
      if (failed) throw new Error(failed);
      noteFault('its extension host did not come up');
      await this.page.reload({ waitUntil: 'domcontentloaded' });
    }
  }

  /** Ends the window and its browser profile. */
  async close() {
    await this.context.close();
  }

  /**
   * Runs a command from the palette by its exact label, `Category: Title`. The palette is fuzzy and has rows of its own
   * like "Focus on … View" above ours, so its first row is never taken on trust.
   */
  async runCommand(label) {
    await this.#openPalette(label);
    await this.#row(label).click();
  }

  /** Whether the palette offers a command now: its `when` holds. */
  async offersCommand(label) {
    await this.#openPalette(label);
    // The list is filled when either our row or any other answer, "No matching commands" at the least, is there.
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const offered = (await this.#row(label).count()) > 0;
    await this.dismissQuickInput();
    return offered;
  }

  async #openPalette(text) {
    const input = this.quickInput();
    await this.page.keyboard.press('F1');
    // A page in a view that goes away with the focus in it takes the key with it, and every one that follows.
    for (let tries = 3; tries > 0 && !(await appears(input)); tries -= 1) {
      await this.page.evaluate(() => document.activeElement?.blur());
      await this.page.keyboard.press('F1');
    }
    await input.waitFor();
    await input.fill(`>${text}`);
  }

  #row(label) {
    const rows = '.quick-input-list .monaco-list-row';
    const exact = `${rows}[aria-label=${JSON.stringify(label)}]`;
    const withDetail = `${rows}[aria-label^=${JSON.stringify(`${label}, `)}]`;
    return this.page.locator(`${exact}, ${withDetail}`).first();
  }

  /** The text field of the palette, a quick pick or an input box. */
  quickInput() {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  /** The rows of the open quick pick; the text of each is label and description. */
  quickPickRows() {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }

  /** Chooses the row of the open quick pick that has this text in it. */
  async pick(text) {
    await this.quickPickRows().filter({ hasText: text }).first().click();
  }

  /** Types into the open input box and accepts. */
  async enterText(text) {
    await this.quickInput().waitFor();
    await this.quickInput().fill(text);
    await this.quickInput().press('Enter');
  }

  async dismissQuickInput() {
    await this.page.keyboard.press('Escape');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /**
   * A status bar item of the extension by its id. Icons are `.codicon-NAME` inside it; the
   * accessible name, `aria-label`, holds icon names, text and tooltip.
   */
  statusBarItem(id) {
    return this.page.locator(`.statusbar-item[id="${EXTENSION_ID}.${id}"]`);
  }

  /** The lane indicator in the status bar. */
  get lane() {
    return this.statusBarItem('codexLanes.lane');
  }

  /** Waits until the status bar shows exactly these words for the lane. */
  async statusShows(words) {
    await this.lane.getByText(words, { exact: true }).waitFor();
  }

  /** What the lane indicator tells a screen reader: its words and its tooltip. */
  async statusSays() {
    return (await this.lane.getAttribute('aria-label')) ?? '';
  }

  /**
   * Opens the extension's container in the side bar, if it isn't. A click on the tab of an open container closes it, and
   * the workbench or the extension may open one at the same time: so it is looked at until it is open.
   */
  async showContainer() {
    const tab = this.page.locator('.activitybar .action-item a[aria-label*="Lanes for Codex"]');
    await tab.waitFor();
    await until(
      async () => {
        if (await this.chat.host.isVisible()) return true;
        // Forced: a badge lies over it while Codex works.
        if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click({ force: true });
        return this.chat.host.isVisible();
      },
      'the chat to be in sight',
      START_LIMIT_MS,
    );
    // Away from it: its tooltip would cover the chat.
    await this.page.locator('.statusbar').hover();
  }

  /** Drags the edge of the side bar, as a reader does who wants to see whole lines. */
  async widenSideBar(width) {
    const edge = await this.page.locator('.part.sidebar').boundingBox();
    if (!edge) throw new Error('there is no side bar');
    const { mouse } = this.page;
    await mouse.move(edge.x + edge.width, edge.y + 300);
    await mouse.down();
    await mouse.move(edge.x + width, edge.y + 300, { steps: 5 });
    await mouse.up();
    await mouse.move(edge.x + width + 100, edge.y + 300);
  }

  /** The rows of a tree view, by the view's title. */
  treeRows(viewTitle) {
    return this.#pane(viewTitle).locator('.monaco-list-row');
  }

  /**
   * Waits until a tree view has a row with all these texts in it. Only rows in sight are there, so it is paged through.
   * @returns the row
   */
  async seeRow(viewTitle, ...texts) {
    const row = texts.reduce((rows, hasText) => rows.filter({ hasText }), this.treeRows(viewTitle)).first();
    await this.treeRows(viewTitle).first().waitFor();
    const tree = this.#pane(viewTitle).getByRole('tree');
    let pages = 0;
    await until(
      async () => {
        if (await row.isVisible()) return true;
        await tree.press(pages++ % PAGES_OF_A_TREE === 0 ? 'Home' : 'PageDown');
        return false;
      },
      `the row ${texts.join(' + ')} in ${viewTitle}`,
    );
    return row;
  }

  /**
   * Presses the button of a tree row that shows while the row is pointed at; a row that is drawn anew in between is
   * pointed at again.
   * @param {string} viewTitle
   * @param {readonly string[]} texts of the row
   * @param {string} button
   * @param {import('playwright-core').Locator} result what there is then
   */
  async pressInRow(viewTitle, texts, button, result) {
    const tree = this.#pane(viewTitle).getByRole('tree');
    await until(async () => {
      const row = await this.seeRow(viewTitle, ...texts);
      // One that is cut off at the edge counts as visible, and can't be pointed at: it is next to the one in focus.
      if (!(await isWithin(row, tree))) {
        await tree.press('ArrowDown');
        return false;
      }
      await row.hover({ timeout: KEY_PATIENCE_MS }).catch(() => undefined);
      await row
        .getByRole('button', { name: button })
        .click({ timeout: KEY_PATIENCE_MS })
        .catch(() => undefined);
      return appears(result);
    }, `what ${button} leads to`);
  }

  /** Scrolls a tree view to its first row. */
  async scrollToTop(viewTitle) {
    const first = this.#pane(viewTitle).locator('.monaco-list-row[data-index="0"]');
    await this.#pane(viewTitle).getByRole('tree').press('Home');
    await first.waitFor();
  }

  #pane(viewTitle) {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${viewTitle}"]`) });
  }

  /** The editor's own sign that the workspace is not trusted. */
  get restrictedMode() {
    return this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
  }

  /** Trusts the folder in the editor's own page about trust, which is open, and closes the page. */
  async trustFolder() {
    const page = this.page.locator('.workspace-trust-editor');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await this.restrictedMode.waitFor({ state: 'hidden' });
    await this.runCommand('View: Close Editor');
    await page.waitFor({ state: 'hidden' });
  }

  /** Takes the trust back as a user does, off the list of trusted folders: the editor then reloads the window. */
  async distrustFolder() {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    const page = this.page.locator('.workspace-trust-editor');
    const folder = page.locator('.monaco-list-row').first();
    await folder.hover();
    const loaded = this.page.waitForEvent('domcontentloaded', { timeout: START_LIMIT_MS });
    await folder.locator('[aria-label="Delete Path"]').click();
    await loaded;
    await this.#stands();
    await this.restrictedMode.waitFor();
  }

  /**
   * What lies in the clipboard, once it is what is waited for.
   * @param {(text: string) => boolean} isIt
   */
  clipboard(isIt) {
    const read = () => this.page.evaluate(() => navigator.clipboard.readText());
    return until(async () => {
      const text = await read();
      return isIt(text) && text;
    }, 'the clipboard');
  }

  /**
   * Waits until a page of Markdown in the editor area shows these words.
   * @returns {Promise<string>} all its text
   */
  previewShows(words) {
    const textOf = (frame) => frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
    return until(async () => {
      const texts = await Promise.all(
        this.page
          .frames()
          .filter((frame) => frame !== this.page.mainFrame())
          .map(textOf),
      );
      return texts.find((text) => text.includes(words));
    }, `a page with ${words}`);
  }

  /**
   * All that the window keeps in its browser profile, as one text. The editor's SecretStorage is in it, too: the entry
   * `secrets.provider` of localStorage, encrypted.
   */
  browserStorage() {
    return this.page.evaluate(async () => {
      const parts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
      for (const { name, version } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
          const opening = indexedDB.open(name, version);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store).getAll();
          parts.push(
            await new Promise((resolve) => {
              all.onsuccess = () =>
                resolve(
                  all.result
                    .map((value) =>
                      value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value),
                    )
                    .join('\n'),
                );
            }),
          );
        }
        database.close();
      }
      return parts.join('\n');
    });
  }

  /** Moves a view of ours with `View: Move View`. */
  async moveView(title, place) {
    await this.runCommand('View: Move View');
    await this.pick(title);
    await this.pick(place);
  }

  /** A notification toast that has this text in it. */
  notification(text) {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /**
   * A notification in the editor's list of them, which is opened: what is shown in the corner goes after some seconds.
   * @param {string | RegExp} text
   */
  async keptNotification(text) {
    await this.runCommand('Notifications: Show Notifications');
    return this.page.locator('.notifications-center .notification-list-item', { hasText: text });
  }

  /** A modal dialog that has this text in it; workspace trust asks through one. */
  dialog(text) {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  /**
   * Switches the colour theme as a user does: a running window misses some edits of settings.json.
   * @param {keyof typeof themes} name
   */
  async useTheme(name) {
    const { label, marker } = themes[name];
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput().fill(label);
    await this.quickPickRows().filter({ hasText: label }).first().click();
    await this.page.locator(`.monaco-workbench.${marker}`).waitFor();
  }

  /**
   * A picture of the whole window, or of one part of it, in out/shots/e2e.
   * @param {string} name kebab-case
   * @param {object} [options]
   * @param {import('playwright-core').Locator} [options.of]
   * @param {readonly (keyof typeof themes)[]} [options.in] themes, one picture each
   */
  async screenshot(name, { of, in: inThemes } = {}) {
    const folder = join(root, 'out/shots/e2e');
    mkdirSync(folder, { recursive: true });
    const shoot = (file) => (of ?? this.page).screenshot({ path: join(folder, `${file}.png`), animations: 'disabled' });
    if (!inThemes) return shoot(name);
    for (const theme of inThemes) {
      await this.useTheme(theme);
      await shoot(`${name}-${theme}`);
    }
  }

  /**
   * Neither the page's security policy nor a script of ours complained. VS Code's own lines are not ours to judge: when its
   * connection to the server is not up yet, or a reload cuts it, its reader of webview files logs the names of our files;
   * its tree logs the id of a row that was there when a key was pressed and is not when it acts on it; and of a host that
   * was killed it names all that ran there.
   */
  assertQuiet() {
    const complaints = this.consoleLines.filter(
      (line) =>
        /^\[(error|pageerror)\]/.test(line) &&
        /Content Security Policy|Trusted ?(Type|HTML|Script)|codex-?lanes/i.test(line) &&
        !/Webview\.loadLocalResource - Error using fileReader|TreeError \[\S+\] Data tree node not found|Extension host \(Remote\) terminated unexpectedly/.test(
          line,
        ),
    );
    assert.deepEqual(complaints, []);
  }

  /** Every request of this window stayed on this machine. */
  assertStayedHome() {
    assert.deepEqual([...this.refused], [], 'requests off this machine were refused');
  }
}
