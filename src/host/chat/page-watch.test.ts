import { beforeEach, expect, test, vi } from 'vitest';
import { PageWatch } from './page-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function watched() {
  const did: string[] = [];
  const watch = new PageWatch({
    ping: () => did.push('ping'),
    reload: (inVain) => did.push(`reload ${inVain}`),
    giveUp: () => did.push('give up'),
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
  });
  return { watch, did, pass: (ms: number) => vi.advanceTimersByTime(ms) };
}

/** A page that came up and has not been heard for a while. */
function quiet() {
  const page = watched();
  page.watch.loading();
  page.watch.heard('hello');
  page.pass(60_000);
  return page;
}

test('a page that does not come up is given again, each time with twice the patience, and then no more', () => {
  const { watch, did, pass } = watched();
  watch.loading();
  pass(4_999);
  expect(did).toEqual([]);
  pass(1);
  expect(did).toEqual(['reload 0']);
  pass(9_999);
  expect(did.length).toBe(1);
  pass(1);
  expect(did).toEqual(['reload 0', 'reload 1']);
  pass(3_600_000);
  expect(did).toEqual([...Array.from({ length: 5 }, (_, time) => `reload ${time}`), 'give up']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a page in which nothing happens is asked nothing, and has no timer', () => {
  const { did } = quiet();
  expect([did, vi.getTimerCount()]).toEqual([[], 0]);
});

test('a page that answers what it is sent is asked once in a while, and goes on', () => {
  const { watch, did, pass } = quiet();
  for (let frame = 0; frame < 1_000; frame += 1) {
    const asked = did.length;
    watch.expect();
    if (did.length > asked) watch.heard('answer');
    pass(16);
  }
  expect([did.length, did.filter((each) => each !== 'ping'), vi.getTimerCount()]).toEqual([8, [], 0]);
});

test('one that answers neither the first nor the second time is dead, and given again', () => {
  const { watch, did, pass } = quiet();
  watch.expect();
  watch.expect();
  pass(5_000);
  expect(did).toEqual(['ping', 'ping']);
  pass(5_000);
  expect(did).toEqual(['ping', 'ping', 'reload 0']);
  watch.heard('hello');
  expect(did.slice(3)).toEqual(['ping']);
  watch.heard('answer');
  expect(vi.getTimerCount()).toBe(0);
});

test('one that answers the second time lives: the machine slept', () => {
  const { watch, did, pass } = quiet();
  watch.expect();
  pass(7_000);
  watch.heard('answer');
  pass(60_000);
  expect(did).toEqual(['ping', 'ping']);
});

test('anything that it says is an answer, but not while it is loaded', () => {
  const { watch, did, pass } = quiet();
  watch.expect();
  watch.heard('anything');
  expect(vi.getTimerCount()).toBe(0);
  watch.loading();
  watch.heard('anything');
  pass(5_000);
  expect(did).toEqual(['ping', 'reload 0']);
});

test('one that says hello and breaks at what it is shown is not loaded for ever', () => {
  const { watch, did, pass } = quiet();
  watch.expect();
  for (let time = 0; time < 20; time += 1) {
    pass(10_000);
    watch.heard('hello');
  }
  expect(did.filter((each) => each.startsWith('reload')).length).toBe(5);
  expect(did.at(-1)).toBe('give up');
});

test('a hidden page is expected to do nothing', () => {
  const { watch, did, pass } = quiet();
  watch.expect();
  watch.away();
  watch.expect();
  watch.heard('anything');
  pass(3_600_000);
  expect([did, vi.getTimerCount()]).toEqual([['ping'], 0]);
});
