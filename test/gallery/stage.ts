import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Frame, Page } from 'playwright-core';
import type { ChatPages } from '../webview/chat-page.ts';
import { startChatPages } from '../webview/chat-page.ts';
import type { ThemeName } from '../webview/themes.ts';
import type { Check, Found, gallery } from './in-page.ts';
import type { Scene } from './scene.ts';
import { now, playOf } from './scene.ts';

/** The page side by side: each theme at one width, each width in one theme. */
export const looks = [
  { theme: 'dark', width: 400 },
  { theme: 'light', width: 400 },
  { theme: 'high-contrast', width: 400 },
  { theme: 'high-contrast-light', width: 400 },
  { theme: 'dark', width: 220 },
  { theme: 'dark', width: 1200 },
] as const satisfies readonly { readonly theme: ThemeName; readonly width: number }[];

export const stageHeight = 900;

type WithGallery = { readonly inPage: { readonly gallery: typeof gallery } };

/** The real page in six frames at once, each of which is loaded once. */
export type Stage = {
  readonly page: Page;
  readonly frame: (index: number) => Frame;
  readonly show: (scene: Scene) => Promise<void>;
  /** Makes all frames so high, and waits until they are drawn. In CSS pixels. */
  readonly setHeight: (height: number) => Promise<void>;
  /** What checks find in the frames that they look at. */
  readonly look: (checks: readonly (readonly [frame: number, check: Check])[]) => Promise<readonly Found[]>;
  /** What axe finds serious or critical in the first frame; colours have a check of their own. */
  readonly axe: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

export async function openStage(direction: 'ltr' | 'rtl' = 'ltr'): Promise<Stage> {
  const pages: ChatPages = await startChatPages();
  const width = looks.reduce((sum, look) => sum + look.width, 0);
  const { page } = await pages.open({ width, height: stageHeight, reducedMotion: true });
  await page.clock.setFixedTime(now);
  // What a time of day is called depends on the machine.
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTimezoneOverride', { timezoneId: 'UTC' });
  await session.send('Emulation.setLocaleOverride', { locale: 'en-GB' });
  await page.route('**/gallery', (route) => route.fulfill({ contentType: 'text/html', body: framesHtml(direction) }));
  await page.goto(new URL('/gallery', page.url()).href);
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  for (const frame of frames) await frame.locator('.composer').waitFor({ state: 'attached' });
  await page.evaluate(await inPage());
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const first = at(frames, 0);
  await first.evaluate(axe);
  return {
    page,
    frame: (index) => at(frames, index),
    show: (scene) =>
      page.evaluate(([play, viewId]) => (window as unknown as WithGallery).inPage.gallery.play(play, viewId), [
        playOf(scene),
        'view-1',
      ] as const),
    setHeight: async (height) => {
      await page.setViewportSize({ width, height });
      await page.evaluate(async (high) => {
        for (const frame of document.querySelectorAll('iframe')) frame.style.height = `${high}px`;
        // Rows that come into sight are measured, and then stand where they belong.
        for (let frame = 0; frame < 6; frame++) await new Promise(requestAnimationFrame);
      }, height);
    },
    look: (checks) => page.evaluate((all) => (window as unknown as WithGallery).inPage.gallery.lookAll(all), checks),
    axe: () => first.evaluate(axeFindings),
    close: () => pages.close(),
  };
}

const framesHtml = (direction: string): string => `<!DOCTYPE html><html lang="en"><head><title>Gallery</title><style>
html { background: #808080 } body { margin: 0; display: flex } iframe { border: 0; flex: none; height: ${stageHeight}px }
</style></head><body>${looks
  .map(
    ({ theme, width }) =>
      `<iframe src="/page/${theme}/tab/en/${direction}" style="width: ${width}px" title="${theme} ${width}"></iframe>`,
  )
  .join('')}</body></html>`;

async function inPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'in-page.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'inPage',
    write: false,
  });
  return `${outputFiles[0]?.text}; window.inPage = inPage;`;
}

function at(frames: readonly Frame[], index: number): Frame {
  const frame = frames[index];
  if (frame === undefined) throw new Error(`The gallery has no frame ${index}.`);
  return frame;
}

type Axe = {
  readonly run: (
    context: unknown,
    options: unknown,
  ) => Promise<{ readonly violations: readonly { id: string; impact: string; nodes: { html: string }[] }[] }>;
};

async function axeFindings(): Promise<readonly string[]> {
  const { axe } = window as unknown as { readonly axe: Axe };
  const { violations } = await axe.run(document, {
    resultTypes: ['violations'],
    rules: { 'color-contrast': { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}
