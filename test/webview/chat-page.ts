import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { SendQuestion } from '../../src/model/index.ts';
import type { FromWebview, ToWebview } from '../../src/protocol/index.ts';
import type { EventLog } from '../../webview/testing/event-log.ts';
import { idleComposer } from '../../webview/testing/event-log.ts';
// @ts-expect-error: a plain script, used before anything is installed
import { findChromium } from '../vscode-host/chromium.mjs';
import type { ThemeName } from './themes.ts';
import { themeCss, themes } from './themes.ts';

const root = join(import.meta.dirname, '../..');
/** Another build of the page may be looked at: `node esbuild.mjs --page=<folder>`. */
const bundle = process.env.CHAT_PAGE ?? join(root, 'dist/webview');
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  ttf: 'font/ttf',
  map: 'application/json',
};

/** `pseudo`: English words in brackets, so that what is not of the table is seen. */
type Language = 'en' | 'de' | 'pseudo';
type Direction = 'ltr' | 'rtl';

/** Each word of the table in brackets, its arguments outside of them. */
function pseudoTable(table: string): string {
  const bracketed = (words: string) => words.replace(/\{\d\}|[^{]+/g, (part) => (part[0] === '{' ? part : `⟦${part}⟧`));
  return JSON.stringify(JSON.parse(table, (_, value) => (typeof value === 'string' ? bracketed(value) : value)));
}

/** The page's words, as the host writes them into the page: of the sources, so that a test needs no build for a word. */
function pageWords(language: Language): string {
  const file = join(root, 'webview/words', `${language === 'pseudo' ? 'en' : language}.json`);
  const table = readFileSync(file, 'utf8');
  return (language === 'pseudo' ? pseudoTable(table) : table)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;');
}

/** Whatever the server does not know is answered so, with no content. */
const nothing = 204;
const nonce = 'test-nonce';
const viewId = 'view-1';

type Place = 'side-bar' | 'tab';
type Look = readonly [theme: ThemeName, place: Place, language: Language, direction: Direction];

/** The page as the host renders it: the same body, the same policy, a theme as the editor injects it. */
function html(origin: string, [theme, place, language, direction]: Look): string {
  const policy = [
    "default-src 'none'",
    `style-src ${origin}`,
    `font-src ${origin}`,
    `script-src 'nonce-${nonce}'`,
    'img-src data:',
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!DOCTYPE html><html lang="${language === 'pseudo' ? 'de' : language}" dir="${direction}"><head><meta charset="utf-8"><title>Chat</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="/theme/${theme}.css"><link rel="stylesheet" href="/main.css"></head>
<body class="${themes[theme].bodyClass}" data-view-id="${viewId}" data-place="${place}" data-strings="${pageWords(language)}"><div id="root"></div>
<script nonce="${nonce}">
let state; window.sent = [];
// One page is used again and again: only what is loaded anew is the page of before.
if (performance.getEntriesByType('navigation')[0]?.type !== 'reload') sessionStorage.clear();
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) => window.sent.push(message),
  getState: () => state ?? JSON.parse(sessionStorage.getItem('state') ?? 'null'),
  setState: (next) => { state = next; sessionStorage.setItem('state', JSON.stringify(next)); },
});
</script>
<script type="module" nonce="${nonce}" src="/main.js"></script></body></html>`;
}

type Distribute<M> = M extends ToWebview ? Omit<M, 'viewId'> : never;
export type Message = Distribute<ToWebview>;

/** One open chat page with a host that says only what the test tells it to. */
export type ChatPage = {
  readonly page: Page;
  readonly send: (message: Message) => Promise<void>;
  /** Messages of one type that the page sent, in order. */
  readonly sent: <T extends FromWebview['type']>(type: T) => Promise<readonly Extract<FromWebview, { type: T }>[]>;
  readonly snapshot: (log: EventLog, more?: Partial<Extract<Message, { type: 'snapshot' }>>) => Promise<void>;
  /** Types a prompt and sends it; the host answers with a question. */
  readonly ask: (prompt: string, question: SendQuestion) => Promise<void>;
  /** Errors of the console and violations of the policy so far. */
  readonly problems: readonly string[];
  /** The same page in another theme, as the editor changes it. */
  readonly wear: (theme: ThemeName) => Promise<void>;
  /** Gives the browser's page back: the next chat page that is opened is loaded in it. */
  readonly close: () => Promise<void>;
};

export type ChatPages = {
  readonly open: (options?: {
    readonly theme?: ThemeName;
    readonly width?: number;
    readonly height?: number;
    readonly reducedMotion?: boolean;
    readonly place?: Place;
    /** The system's own colours instead of the theme's. */
    readonly forcedColors?: boolean;
    readonly language?: Language;
    readonly direction?: Direction;
  }) => Promise<ChatPage>;
  readonly close: () => Promise<void>;
};

/** A browser and a server of the built page on a port of this machine. */
export async function startChatPages(): Promise<ChatPages> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', `http://${request.headers.host}`).then(({ status, type, body }) => {
      // What is loaded with each page is kept, and so is what the browser made of it.
      const keep = type === 'text/html' ? 'no-store' : 'max-age=3600';
      response.writeHead(status, { 'content-type': type, 'cache-control': keep }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await launch();
  // To load a page is much quicker than to begin a context with a process of its own.
  const idle: Tab[] = [];
  return {
    open: async ({
      theme = 'dark',
      width = 400,
      height = 860,
      reducedMotion = false,
      place = 'side-bar',
      forcedColors = false,
      language = 'en',
      direction = 'ltr',
    } = {}) => {
      const tab = idle.pop() ?? (await newTab(browser));
      const { page } = tab;
      const problems: string[] = [];
      tab.problems = problems;
      await page.setViewportSize({ width, height });
      await page.emulateMedia({
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
        forcedColors: forcedColors ? 'active' : 'none',
        colorScheme: schemeOf(theme),
      });
      await page.goto(`http://127.0.0.1:${port}/page/${theme}/${place}/${language}/${direction}`);
      return chatPage(page, problems, async () => {
        await page.mouse.move(0, 0);
        idle.push(tab);
      });
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page of the browser, which is lent to one chat page after the other. */
type Tab = { readonly page: Page; problems: string[] };

async function newTab(browser: Browser): Promise<Tab> {
  const page = await (await browser.newContext()).newPage();
  const tab: Tab = { page, problems: [] };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') tab.problems.push(message.text());
  });
  page.on('pageerror', (error) => tab.problems.push(String(error)));
  return tab;
}

const schemeOf = (theme: ThemeName): 'light' | 'dark' => (themes[theme].bodyClass.includes('light') ? 'light' : 'dark');

function chatPage(page: Page, problems: readonly string[], close: () => Promise<void>): ChatPage {
  const send = (message: Message) =>
    page.evaluate((data) => window.postMessage(data, '*'), { ...message, viewId } as unknown);
  const sent: ChatPage['sent'] = async (type) =>
    (await page.evaluate((wanted) => {
      const { sent: all } = window as unknown as { readonly sent: readonly { readonly type: string }[] };
      return all.filter((message) => message.type === wanted);
    }, type)) as never;
  return {
    page,
    problems,
    close,
    wear: async (theme) => {
      await page.emulateMedia({ colorScheme: schemeOf(theme) });
      await page.evaluate(
        ([href, bodyClass]) =>
          new Promise<void>((resolve) => {
            const link = document.querySelector<HTMLLinkElement>('link[href^="/theme/"]');
            if (link === null) throw new Error('The page has no theme.');
            document.body.className = bodyClass;
            if (link.getAttribute('href') === href) return resolve();
            link.addEventListener('load', () => requestAnimationFrame(() => resolve()), { once: true });
            link.href = href;
          }),
        [`/theme/${theme}.css`, themes[theme].bodyClass] as const,
      );
    },
    send,
    sent,
    ask: async (prompt, ask) => {
      await page.getByRole('textbox').fill(prompt);
      await page.getByRole('textbox').press('Enter');
      const submit = (await sent('turn.submit')).at(-1);
      if (submit === undefined) throw new Error('The page did not send the prompt.');
      await send({ type: 'reply', requestId: submit.requestId, reply: { ok: false, message: 'Asked first.', ask } });
      await page.locator('.question').waitFor();
    },
    snapshot: (log, more = {}) =>
      send({
        type: 'snapshot',
        thread: log.view(),
        draft: '',
        composer: idleComposer,
        welcome: {
          line: 'OpenAI API - ready · Codex native - internal - locked',
          why: true,
          prompts: ['Explain this file', 'Add a test', 'Run the tests'],
        },
        ...more,
      }),
  };
}

async function launch(): Promise<Browser> {
  const executablePath: string | undefined = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium found: set CHROMIUM_PATH.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

async function answer(
  url: string,
  origin: string,
): Promise<{ readonly status: number; readonly type: string; readonly body: string | Buffer }> {
  const path = new URL(url, origin).pathname;
  const [, folder, name = '', ...look] = path.split('/');
  if (folder === 'page')
    return { status: 200, type: 'text/html', body: html(origin, [name, ...look] as unknown as Look) };
  if (folder === 'theme')
    return { status: 200, type: 'text/css', body: themeCss(name.replace('.css', '') as ThemeName) };
  try {
    const body = await readFile(join(bundle, path));
    return { status: 200, type: types[path.split('.').at(-1) ?? ''] ?? 'text/plain', body };
  } catch {
    return { status: nothing, type: 'text/plain', body: '' };
  }
}
