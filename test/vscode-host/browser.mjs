// The window: a headless Chromium whose pages may talk to this machine's loopback interface only.
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

const chromiumArguments = [
  '--no-sandbox', // containers run as root
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Whatever asks, page or service worker: no other host has an address.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * @param {object} [options]
 * @param {boolean} [options.headless]
 * @throws when there is no Chromium
 */
export async function launchBrowser({ headless = true } = {}) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found: install one, or set CHROMIUM_PATH');
  return chromium.launch({ executablePath, headless, args: chromiumArguments });
}

/**
 * A page in a fresh browser context that may talk to 127.0.0.1 only; every other request is refused and recorded.
 * @param {import('playwright-core').Browser} browser
 * @param {string} origin of the server, which is given the clipboard
 * @param {object} [options]
 * @param {{ width: number, height: number }} [options.viewport]
 */
export async function openGuardedPage(browser, origin, { viewport = { width: 1400, height: 900 } } = {}) {
  const context = await browser.newContext({ viewport });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  /** @type {Set<string>} */
  const refused = new Set();
  // Only noted: the browser itself reaches nothing else. A route would hold up every request for an answer from this process,
  // and the style of a window that was opened from the page for ever.
  context.on('request', (request) => {
    if (leavesTheMachine(new URL(request.url()))) refused.add(request.url());
  });
  context.on('requestfailed', (request) => {
    if (isWebviewFile(new URL(request.url())) && /NAME_NOT_RESOLVED/.test(request.failure()?.errorText ?? ''))
      refused.add(request.url());
  });
  // A pattern, which is looked at in the page. A function would be asked for each socket, and every message of VS Code's own
  // sockets would then make its way through this process: those on which a window takes its leave would be lost.
  await context.routeWebSocket(socketOffTheMachine, async (socket) => {
    refused.add(socket.url());
    await socket.close();
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const consoleLines = [];
  page.on('console', (message) => consoleLines.push(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => consoleLines.push(`[pageerror] ${error.message}`));
  return { context, page, refused, consoleLines };
}

const socketOffTheMachine = /^wss?:\/\/(?!127\.0\.0\.1[:/])/;

function leavesTheMachine(url) {
  return url.hostname !== '127.0.0.1' && /^https?:$/.test(url.protocol) && !isWebviewFile(url);
}

/** VS Code's name for the files of a webview: its service worker answers, from this machine, unless it is not there. */
function isWebviewFile({ hostname }) {
  return hostname.endsWith('.vscode-resource.vscode-cdn.net');
}
