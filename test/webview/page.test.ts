import { expect, test } from 'vitest';
import { requestId } from '../../src/model/index.ts';
import { EventLog, everyRow, failedTurn, idleComposer } from '../../webview/testing/event-log.ts';
import { findingsIn } from './axe.ts';
import { chat, inPages, openChat, showLog } from './page-room.ts';
import { themeNames } from './themes.ts';

inPages();

const running = { composer: { ...idleComposer, running: true } };
const distance = () =>
  chat.page.evaluate(() => {
    const log = document.querySelector('.log');
    return log === null ? -1 : log.scrollHeight - log.clientHeight - log.scrollTop;
  });

/** A thread of `turns` short turns. */
function longLog(turns: number): EventLog {
  const log = new EventLog();
  for (let turn = 0; turn < turns; turn++) {
    log.begin(`Prompt ${turn}`);
    log.text(`t${turn}`, `Answer **${turn}**\n\nwith \`code\``);
    log.complete();
  }
  return log;
}

test('the page says hello, once', async () => {
  await openChat();
  await expect
    .poll(() => chat.sent('hello'))
    .toEqual([{ type: 'hello', viewId: 'view-1', threadId: null, lastSeq: 0 }]);
});

test('an answer that streams paints more than once before its end', async () => {
  const log = new EventLog();
  log.begin('Tell me.');
  await showLog(log, running);
  await chat.page.evaluate(() => {
    const seen = new Set<number>();
    Object.assign(window, { seen });
    const look = () => {
      seen.add(document.querySelector('.prose')?.textContent?.length ?? 0);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  for (let part = 0; part < 20; part++) {
    const event = log.add({ kind: 'assistant_text', text: `part ${part} of *the answer*\n\n`, isDelta: true }, 't');
    await chat.send({ type: 'events', threadId: log.threadId, events: [event] });
    await chat.page.getByText(`part ${part} of`).waitFor();
  }
  const paints = await chat.page.evaluate(() => (window as unknown as { seen: Set<number> }).seen.size);
  expect(paints).toBeGreaterThan(3);
  expect(await chat.page.locator('.prose em').count()).toBe(20);
});

test('the end is followed until the reader scrolls up, and again after the jump', async () => {
  const log = longLog(40);
  log.begin('More.');
  await showLog(log, running);
  await expect.poll(distance).toBeLessThan(2);
  const stream = async (part: string) => {
    const text = `${part} ${'words '.repeat(60)}\n\n`;
    const event = log.add({ kind: 'assistant_text', text, isDelta: true }, 't');
    await chat.send({ type: 'events', threadId: log.threadId, events: [event] });
  };
  for (const part of ['one', 'two', 'three']) await stream(part);
  await chat.page.getByText('three words').waitFor();
  await expect.poll(distance).toBeLessThan(2);

  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -600);
  await chat.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
  const top = () => chat.page.evaluate(() => document.querySelector('.log')?.scrollTop ?? -1);
  const [place, before] = [await top(), await distance()];
  for (const part of ['four', 'five', 'six']) await stream(part);
  await expect.poll(distance).toBeGreaterThan(before);
  expect(Math.abs((await top()) - place)).toBeLessThan(2);

  await chat.page.getByRole('button', { name: 'Jump to latest' }).click();
  await chat.page.getByText('six words').waitFor();
  await expect.poll(distance).toBeLessThan(2);
  await stream('seven');
  await chat.page.getByText('seven words').waitFor();
  await expect.poll(distance).toBeLessThan(2);
});

test('the end stays in sight when the composer grows', async () => {
  await showLog(longLog(40));
  await expect.poll(distance).toBeLessThan(2);
  await chat.page.getByRole('textbox').fill('line\n'.repeat(12));
  await expect.poll(() => chat.page.locator('.box').evaluate((box) => box.clientHeight)).toBeGreaterThan(200);
  await expect.poll(distance).toBeLessThan(2);
});

test('a row that is opened stays where it was clicked', async () => {
  const log = longLog(20);
  log.begin('Run it.');
  log.command('c', 'npm test', `${'a line\n'.repeat(60)}`, 0, 100);
  log.complete();
  await showLog(log);
  const head = chat.page.locator('.command .head');
  await expect.poll(distance).toBeLessThan(2);
  const before = (await head.boundingBox())?.y ?? -1;
  await head.click();
  await chat.page.locator('.command .pane').waitFor();
  await chat.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  expect(Math.abs(((await head.boundingBox())?.y ?? -2) - before)).toBeLessThan(2);
});

test('the draft leaves the composer only when the prompt was taken', async () => {
  const log = new EventLog();
  log.begin('Before.');
  log.complete();
  await showLog(log);
  const box = chat.page.getByRole('textbox');
  await box.fill('Do it');
  await box.press('Shift+Enter');
  await box.pressSequentially('please');
  expect(await box.inputValue()).toBe('Do it\nplease');
  await box.press('Enter');
  await box.press('Enter');
  const [first, ...more] = await chat.sent('turn.submit');
  expect(more).toEqual([]);
  expect(first?.text).toBe('Do it\nplease');
  expect(await box.inputValue()).toBe('Do it\nplease');

  const refused = { ok: false, message: 'The folder is not trusted.' } as const;
  await chat.send({ type: 'reply', requestId: first?.requestId ?? requestId(''), reply: refused });
  await chat.page.getByRole('alert').getByText('The folder is not trusted.').waitFor();
  expect(await box.inputValue()).toBe('Do it\nplease');
  await expect.poll(async () => (await chat.sent('draft.save')).at(-1)?.text).toBe('Do it\nplease');

  await box.press('Enter');
  const second = (await chat.sent('turn.submit'))[1];
  await chat.send({ type: 'reply', requestId: second?.requestId ?? requestId(''), reply: { ok: true } });
  await expect.poll(() => box.inputValue()).toBe('');
  expect(await chat.page.getByText('The folder is not trusted.').count()).toBe(0);
  await expect.poll(async () => (await chat.sent('draft.save')).at(-1)?.text).toBe('');
});

test('Enter inside an input method chooses a word', async () => {
  await showLog(new EventLog());
  const box = chat.page.getByRole('textbox');
  await box.fill('に');
  await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
  expect(await chat.sent('turn.submit')).toEqual([]);
});

test('Stop says so at once, and Enter queues meanwhile', async () => {
  const log = new EventLog();
  log.begin('Run.');
  await showLog(log, running);
  await chat.page.getByRole('textbox').fill('Then this');
  await chat.page.getByRole('textbox').press('Enter');
  expect(await chat.sent('turn.submit')).toHaveLength(1);
  await chat.page.getByRole('button', { name: 'Stop' }).click();
  await chat.page.getByRole('button', { name: 'Stopping…' }).waitFor();
  await chat.page.getByRole('button', { name: 'Stopping…' }).click({ force: true });
  expect(await chat.sent('turn.stop')).toHaveLength(1);
  await chat.page.locator('.running').getByText('Stopping…').waitFor();
  const end = log.add({ kind: 'turn_interrupted', durationMs: 5, by: 'user' });
  await chat.send({ type: 'events', threadId: log.threadId, events: [end] });
  await chat.send({ type: 'composer', composer: idleComposer, welcome: { line: '', why: false, prompts: [] } });
  await chat.page.getByText('Stopped by you').waitFor();
  await chat.page.getByRole('button', { name: 'Send' }).waitFor();
});

test('everything is reached by keyboard, and the focus never moves by itself', async () => {
  const log = new EventLog();
  everyRow(log);
  await showLog(log);
  expect(await chat.page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  const reached: string[] = [];
  for (let press = 0; press < 60; press++) {
    await chat.page.keyboard.press('Tab');
    const name = await chat.page.evaluate(() => {
      const element = document.activeElement;
      return element === null ? '' : `${element.tagName} ${element.getAttribute('class') ?? ''}`;
    });
    reached.push(name);
    if (name.startsWith('TEXTAREA')) break;
  }
  expect(reached[0]).toContain('icon-button');
  expect(reached.some((name) => name.includes('head'))).toBe(true);
  expect(reached.some((name) => name.startsWith('A'))).toBe(true);
  expect(reached.at(-1)).toContain('TEXTAREA');
  await chat.page.keyboard.press('Tab');
  await chat.page.keyboard.press('Tab');
  await chat.page.keyboard.press('Enter');
  expect(await chat.sent('lane.pick')).toHaveLength(1);
  await chat.send({ type: 'focus' });
  await expect.poll(() => chat.page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
});

test('links and paths ask the host, and nothing else is a link', async () => {
  const log = new EventLog();
  everyRow(log);
  await showLog(log);
  await chat.page.getByText('the docs').click();
  expect((await chat.sent('link.open'))[0]?.url).toBe('https://example.com/months');
  await chat.page.locator('a', { hasText: 'src/dates.ts:14' }).last().click();
  expect((await chat.sent('file.open'))[0]).toMatchObject({ path: 'src/dates.ts', line: 14 });
  expect(await chat.page.locator('a', { hasText: 'bad' }).count()).toBe(0);
  expect(await chat.page.locator('.prose b, img').count()).toBe(0);
});

test('the draft and the place outlive a reload of the page', async () => {
  const log = longLog(60);
  await showLog(log);
  await chat.page.getByRole('textbox').fill('half a thought');
  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -2000);
  await chat.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
  await expect.poll(() => chat.page.evaluate(() => sessionStorage.getItem('state') ?? '')).toContain('"into"');
  const saved = await chat.page.evaluate(
    () => JSON.parse(sessionStorage.getItem('state') ?? '{}').scroll.key as string,
  );
  await chat.page.reload();
  await expect.poll(async () => (await chat.sent('hello'))[0]?.threadId).toBe(log.threadId);
  await chat.snapshot(log);
  await chat.page.locator(`[data-key="${saved}"]`).waitFor();
  expect(await chat.page.getByRole('textbox').inputValue()).toBe('half a thought');
  await chat.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
});

test('screen readers hear of a turn when it ends, not of each token', async () => {
  await showLog(longLog(1));
  const log = longLog(1);
  const heard = chat.page.getByRole('status');
  expect(await heard.textContent()).toBe('');
  const from = log.events.length;
  log.begin('Again.');
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  const token = log.add({ kind: 'assistant_text', text: 'token', isDelta: true }, 'x');
  await chat.send({ type: 'events', threadId: log.threadId, events: [token] });
  await chat.page.getByText('token').waitFor();
  expect(await heard.textContent()).toBe('');
  expect(await chat.page.getByRole('log').getAttribute('aria-live')).toBe('off');
  const end = log.add({ kind: 'turn_completed', durationMs: 1 });
  await chat.send({ type: 'events', threadId: log.threadId, events: [end] });
  await expect.poll(() => heard.textContent()).toBe('Codex has finished.');
});

const states: Readonly<Record<string, (log: EventLog) => void>> = {
  empty: () => {},
  running: (log) => {
    log.begin('Run.');
    log.add({ kind: 'command_execution', phase: 'started', command: 'npm test', status: 'in_progress' }, 'c');
  },
  failed: failedTurn,
  full: everyRow,
};

test.each(Object.keys(states))('axe finds nothing serious in any theme: %s', async (state) => {
  await openChat({ height: state === 'full' ? 2400 : 860, reducedMotion: true });
  const log = new EventLog();
  states[state]?.(log);
  const blocked = { text: 'Native is locked.', actions: [{ id: 'unlockNative', label: 'Unlock' }], why: true };
  await chat.snapshot(log, { composer: { ...idleComposer, running: state === 'running', queued: 1, blocked } });
  await chat.page.locator('.item, .welcome').first().waitFor();
  if (state === 'full') {
    await chat.page.evaluate(() => {
      for (const closed of document.querySelectorAll<HTMLElement>('[aria-expanded="false"]')) closed.click();
    });
    await chat.page.locator('.receipt dl, .pane').first().waitFor();
  }
  expect(await findingsIn(chat, themeNames)).toEqual({});
});

test.each([1200, 1000, 640])(
  'in a page %i wide the row below the prompt is one line, and the folder gives way',
  async (width) => {
    const log = new EventLog();
    const lane = { ...idleComposer.lane, label: 'Codex native · practice (offline)' };
    const folder = { path: '/home/me/a-folder-that-has-a-longer-name', name: 'a-folder-that-has-a-longer-name' };
    await openChat({ width, place: 'tab' });
    await chat.snapshot(log, { composer: { ...idleComposer, lane, folder } });
    const picks = chat.page.locator('.bar .pick');
    await picks.last().waitFor();
    const boxes = await picks.evaluateAll((all) => all.map((pick) => pick.getBoundingClientRect().toJSON()));
    expect(boxes).toHaveLength(5);
    expect(new Set(boxes.map(({ top }) => Math.round(top))).size).toBe(1);
    expect(await chat.page.locator('.pick.folder .label').evaluate(({ clientWidth }) => clientWidth)).toBeGreaterThan(
      40,
    );
  },
);
