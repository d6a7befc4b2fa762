import { expect, test } from 'vitest';
import {
  EventLog,
  everyRow,
  forkInWorktree,
  idleComposer,
  payerQuestion,
  sampleImages,
} from '../../webview/testing/event-log.ts';
import { findingsIn, seriousFindings } from './axe.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, openChat } from './page-room.ts';
import { themeNames } from './themes.ts';

inPages();

const blocked = { text: 'Codex native is locked.', actions: [{ id: 'unlockNative', label: 'Unlock' }], why: true };

/** A page with as much in and around its composer as there can be. */
async function full(options: Opening = {}): Promise<void> {
  await openChat({ place: 'tab', ...options });
  const log = new EventLog();
  everyRow(log);
  forkInWorktree(log);
  await chat.snapshot(log, { composer: { ...idleComposer, blocked, queued: 2, folderCanChange: true } });
  await chat.page.locator('.item').first().waitFor();
  await chat.send({ type: 'attached', attachments: sampleImages });
  await chat.ask('Go on, with many words in a prompt that needs more than one line.', payerQuestion);
}

/** A page of rows that are open: output in colours, a diff, code. */
async function rows(options: Opening = {}): Promise<void> {
  await openChat({ height: 1600, ...options });
  const log = new EventLog();
  log.begin('Change it.');
  log.command('c', 'npm test', 'plain \u001b[31mred words\u001b[0m plain\n', 1, 1200);
  const diff = '@@ -1,2 +1,2 @@\n-old\n+new\n same\n';
  const changes = [{ path: 'src/dates.ts', kind: 'update', diff }] as const;
  log.add({ kind: 'file_change', phase: 'completed', changes, status: 'completed', diffSource: 'runtime' }, 'f');
  log.text('t', 'An answer with `code` in it.\n\n```ts\nconst month = 1;\n```\n');
  log.complete();
  await chat.snapshot(log);
  await chat.page.locator('.cover').press('Enter');
  await chat.page.locator('.diff .added').waitFor();
  await chat.page.locator('.terminal .front').waitFor();
}

const style = (selector: string, property: string) =>
  chat.page
    .locator(selector)
    .first()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

/** Controls that stick out of the page, are cut or lie over one another. */
const misplaced = () =>
  chat.page.evaluate(() => {
    const wrong: string[] = [];
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.className} ${(element.textContent ?? '').trim().slice(0, 20)}`;
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth - clientWidth} px too wide`);
    for (const part of document.querySelectorAll('.log, .composer, .header'))
      if (part.scrollWidth > part.clientWidth) wrong.push(`${name(part)} scrolls sideways`);
    const controls = [
      ...document.querySelectorAll('.header > *, .bar > *, .composer button, .composer textarea'),
    ].filter((element) => element.matches(':not(.sr-only)'));
    const boxes = controls.map((element) => ({ element, box: element.getBoundingClientRect() }));
    for (const { element, box } of boxes) {
      if (box.left < -0.5 || box.right > innerWidth + 0.5) wrong.push(`${name(element)} sticks out`);
      if (box.width < 16 || box.height < 16) wrong.push(`${name(element)} is too small to be hit`);
      for (const other of boxes) {
        if (other.element === element || other.element.contains(element) || element.contains(other.element)) continue;
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 1) wrong.push(`${name(element)} lies over ${name(other.element)}`);
      }
    }
    return wrong;
  });

test('nothing sticks out, lies over another or scrolls sideways, from 1,200 px to 220', async () => {
  await full({ width: 1200 });
  for (const width of [1200, 800, 400, 300, 220]) {
    await chat.page.setViewportSize({ width, height: 860 });
    expect(await misplaced(), `${width} px`).toEqual([]);
  }
});

test('twice as large, what is there is in reach', async () => {
  await full({ width: 600, height: 450 });
  for (const [width, height] of [
    [600, 450],
    [400, 430],
    [220, 300],
  ] as const) {
    await chat.page.setViewportSize({ width, height });
    expect(await misplaced(), `${width} × ${height}`).toEqual([]);
    await chat.page.getByRole('button', { name: 'Send', exact: true }).click({ trial: true });
    await chat.page.getByRole('button', { name: 'Options of this thread' }).click({ trial: true });
    expect(await chat.page.locator('.log').evaluate((log) => log.clientHeight)).toBeGreaterThan(0);
  }
});

test('at 1200 px the column is in the midst, 75 characters wide at most, and the composer as wide as it', async () => {
  await rows({ width: 1200 });
  const { left, right, most } = await chat.page.evaluate(() => {
    const item = document.querySelector('.item')?.getBoundingClientRect();
    const ruler = document.createElement('span');
    ruler.textContent = '0'.repeat(75);
    document.body.append(ruler);
    const most = ruler.getBoundingClientRect().width;
    ruler.remove();
    return { left: item?.left ?? 0, right: innerWidth - (item?.right ?? 0), most };
  });
  expect(Math.abs(left - right)).toBeLessThanOrEqual(16);
  expect(1200 - left - right - 24).toBeLessThanOrEqual(most + 1);
  const box = await chat.page.locator('.box').boundingBox();
  expect(Math.abs((box?.x ?? 0) - left - 12)).toBeLessThanOrEqual(8);
});

test.each(['dark', 'light'] as const)(
  '%s with the system’s own colours: borders, rings, icons and signs still tell',
  async (theme) => {
    await rows({ theme, forcedColors: true });
    await chat.page.getByRole('button', { name: 'Options of this thread' }).focus();
    await chat.page.keyboard.press('Tab');
    expect(await style(':focus', 'outline-width')).toBe('2px');
    expect(await style('.send', 'border-top-style')).toBe('solid');
    expect(await style('.code', 'border-top-width')).toBe('1px');
    const [text, red] = [await style('.terminal', 'color'), await style('.terminal .front', 'color')];
    expect(red).not.toBe(text);
    expect(await style('.diff .added', 'border-inline-start-style')).toBe('solid');
    expect(await style('.diff .removed', 'border-inline-start-style')).toBe('dashed');
    expect(await chat.page.locator('.diff .added').innerText()).toMatch(/^\+/);
    expect(await style('.state.error .codicon', 'color')).toBe(text);
    expect(await seriousFindings(chat.page)).toEqual([]);
  },
);

test.each(['high-contrast', 'high-contrast-light'] as const)(
  '%s: what a fill says elsewhere, a border says',
  async (theme) => {
    await rows({ theme });
    const shows = async (selector: string, side = 'top') => {
      expect(await style(selector, `border-${side}-style`)).not.toBe('none');
      expect(await style(selector, `border-${side}-color`)).not.toBe('rgba(0, 0, 0, 0)');
    };
    for (const selector of ['.send', '.box', '.code', '.diff .added', '.diff .removed', '.pane']) await shows(selector);
    expect(await style('.diff .added', 'border-top-style')).not.toBe(await style('.diff .removed', 'border-top-style'));
    const head = chat.page.locator('.command .head');
    await head.hover();
    expect(await style('.command .head', 'outline-style')).toBe('dashed');
  },
);

test('nothing turns where motion is not wanted: by the system, by the editor’s own setting', async () => {
  const log = new EventLog();
  log.begin('Do it.');
  const spins = () => style('.codicon-loading', 'animation-name');
  for (const reducedMotion of [false, true]) {
    await openChat({ reducedMotion });
    await chat.snapshot(log, { composer: { ...idleComposer, running: true } });
    await chat.page.locator('.codicon-loading').waitFor();
    expect((await spins()) === 'none').toBe(reducedMotion);
    if (!reducedMotion) {
      await chat.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
      expect(await spins()).toBe('none');
      await chat.close();
    }
  }
});

test('the fonts are the editor’s, and large ones break nothing', async () => {
  await rows({ width: 300 });
  await chat.page.evaluate(() => {
    const fonts: Readonly<Record<string, string>> = {
      'font-family': 'Georgia',
      'font-size': '18px',
      'editor-font-family': 'Courier New',
      'editor-font-size': '24px',
      'editor-font-weight': '700',
      'editor-font-feature-settings': '"liga" 0',
    };
    for (const [name, value] of Object.entries(fonts))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
  });
  expect(await style('.ask', 'font-family')).toBe('Georgia');
  expect(await style('.ask', 'font-size')).toBe('18px');
  expect(await style('textarea', 'font-family')).toBe('Georgia');
  expect(await style('.code pre', 'font-family')).toContain('Courier New');
  expect(Number.parseFloat(await style('.code pre', 'font-size'))).toBeGreaterThan(20);
  expect(await style('.code pre', 'font-weight')).toBe('700');
  expect(await style('.code pre', 'font-feature-settings')).toBe('"liga" 0');
  expect(await misplaced()).toEqual([]);
  const cut = await chat.page.evaluate(
    () => [...document.querySelectorAll('.head')].filter((head) => head.scrollHeight > head.clientHeight + 2).length,
  );
  expect(cut).toBe(0);
});

test('axe finds nothing serious around the transcript in any theme', async () => {
  await full({ reducedMotion: true });
  expect(await findingsIn(chat, themeNames)).toEqual({});
  await chat.page.keyboard.press('Alt+F1');
  await chat.page.getByRole('dialog').waitFor();
  expect(await findingsIn(chat, themeNames)).toEqual({});
});
