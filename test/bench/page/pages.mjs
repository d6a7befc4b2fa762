// The packaged chat page in a real Chromium, as the host renders it, with a host that is a few lines in the page itself:
// it answers `hello`, and says else what the bench tells it to.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chatPage } from '../../../src/host/chat/page.ts';
import { root } from '../../tools/platform.mjs';
import { launchBrowser } from '../../vscode-host/browser.mjs';
import { themeCss } from '../../webview/themes.ts';
import { probe } from './probe.mjs';

/** Folder of the page's own build, apart from dist/: whatever is built there meanwhile changes nothing here. */
export const pageFolder = 'out/bench-page';
/** Name of that build's metafile. */
export const pageMeta = 'bench-page';

const viewId = 'bench';
const nonce = 'bench-nonce';
const types = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' };

/** Builds the page as the package has it: minified, without source maps. */
export function buildPage() {
  execFileSync(process.execPath, [join(root, 'esbuild.mjs'), '--production', `--page=${pageFolder}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/**
 * @typedef {object} BenchPage
 * @property {import('playwright-core').Page} page
 * @property {import('playwright-core').CDPSession} cdp
 * @property {(message: object) => Promise<void>} post a message of the host
 * @property {() => Promise<Record<string, number>>} metrics Chromium's own counters; durations in seconds of the thread's
 *   processor time, so that other work on the machine changes them least
 * @property {() => Promise<{ heap: number, nodes: number, listeners: number }>} settledMemory after garbage was collected;
 *   bytes of JavaScript and numbers of nodes and listeners that are still reachable
 * @property {() => Promise<void>} close
 */

/** A browser and a server of the built page. */
export async function openPages({ folder = join(root, pageFolder) } = {}) {
  const server = createServer((request, response) => {
    void answer(folder, request).then(({ type, body }) => {
      // Chromium may keep what it has, as the editor's own server lets it.
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=3600' }).end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await launchBrowser();

  const newContext = () => browser.newContext({ viewport: { width: 400, height: 860 } });

  /**
   * @param {object} [options]
   * @param {object} [options.snapshot] what `hello` is answered with; none = nothing is
   * @param {string} [options.path]
   * @returns {Promise<BenchPage>}
   */
  async function open({ snapshot, path = '/', context } = {}) {
    const own = context === undefined ? await newContext() : undefined;
    const page = await (context ?? own).newPage();
    await page.addInitScript(probe, { viewId, snapshot: snapshot && { ...snapshot, viewId } });
    page.on('pageerror', (error) => console.error(`the page: ${error.message}`));
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(origin + path);
    return {
      page,
      cdp,
      post: (message) => page.evaluate((data) => window.postMessage(data, '*'), { ...message, viewId }),
      metrics: async () => {
        const { metrics } = await cdp.send('Performance.getMetrics');
        return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
      },
      settledMemory: () => settledMemory(cdp),
      close: () => (own === undefined ? page.close() : own.close()),
    };
  }

  return {
    open,
    newContext,
    /** Processor time of all processes of the browser so far, in seconds. */
    cpuSeconds: async () => {
      const cdp = await browser.newBrowserCDPSession();
      const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
      await cdp.detach();
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    version: browser.version(),
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function settledMemory(cdp) {
  // The first collection lets finalizers run, whose garbage the next takes.
  for (let round = 0; round < 3; round += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  return { heap: usedSize, nodes, listeners: jsEventListeners };
}

async function answer(folder, { url = '/', headers }) {
  const { pathname } = new URL(url, 'http://page');
  if (pathname === '/') return { type: 'text/html', body: html(`http://${headers.host}`) };
  const other = others[pathname];
  if (other !== undefined) return { type: 'text/html', body: other };
  if (pathname === '/naive/marked.js')
    return { type: types.js, body: await readFile(join(root, 'node_modules/marked/lib/marked.umd.js')) };
  try {
    const body = await readFile(join(folder, pathname));
    // The theme comes with the styles: the policy of the page knows one place for both.
    const theme = pathname === '/main.css' ? themeCss('dark') : '';
    return { type: types[pathname.split('.').at(-1)] ?? 'text/plain', body: Buffer.concat([Buffer.from(theme), body]) };
  } catch {
    return { type: 'text/plain', body: '' };
  }
}

function html(origin) {
  const page = chatPage({
    viewId,
    nonce,
    source: origin,
    script: `${origin}/main.js`,
    style: `${origin}/main.css`,
    language: 'en',
    strings: words(),
  });
  return page.replace('<body ', '<body class="vscode-dark" ');
}

function words() {
  return JSON.parse(readFileSync(join(root, 'webview/words/en.json'), 'utf8'));
}

/**
 * A chat that parses the whole answer again with each piece, as a first version of one does, and a page that only hears
 * what comes. `every`: parses once in so many pieces.
 */
const others = {
  '/naive': naive('for (const event of data.events) { text += event.text; if (++pieces % every === 0) draw(); }'),
  '/silent': naive('for (const event of data.events) text += event.text;'),
};

function naive(onEvents) {
  return `<!DOCTYPE html><meta charset="utf-8"><title>Chat</title>
<style>body{margin:0;font:13px sans-serif}#log{height:100vh;overflow:auto}</style>
<div id="log"><div id="answer"></div></div><script src="/naive/marked.js"></script>
<script>
const log = document.getElementById('log'), answer = document.getElementById('answer');
const every = Number(new URLSearchParams(location.search).get('every') ?? 1);
let text = '', pieces = 0;
const draw = () => { answer.innerHTML = marked.parse(text); log.scrollTop = 1e9; };
window.addEventListener('message', ({ data }) => {
  if (data?.type !== 'events') return;
  ${onEvents}
});
</script>`;
}
