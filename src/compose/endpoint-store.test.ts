import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EndpointFeature } from '../model/index.ts';
import { createEndpointStore } from './endpoint-store.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const day = 24 * 60 * 60 * 1000;
const url = 'https://api.example.com/v1';

async function room() {
  const home = await mkdtemp(join(tmpdir(), 'endpoints-'));
  folders.push(home);
  const state = { now: Date.parse('2026-01-01T00:00:00.000Z'), warned: 0, changed: 0 };
  const log = { debug: () => {}, info: () => {}, warn: () => (state.warned += 1), error: () => {} };
  const clock = { now: () => state.now, monotonic: () => state.now, after: () => () => {} };
  const onChange = (): void => {
    state.changed += 1;
  };
  const window = (secrets: readonly string[] = []) =>
    createEndpointStore({ home: async () => home, secrets: () => secrets, onChange, clock, log, label: 'a test' });
  const quirk = (feature: EndpointFeature, why = 'no') => ({ feature, at: new Date(state.now).toISOString(), why });
  return { state, window, quirk, file: join(home, 'endpoints.json') };
}

test('what one window learnt of a model another one knows, and of no other model or path', async () => {
  const { state, window, quirk } = await room();
  await window().learn(url, 'a', quirk('verbosity'));
  state.now += day;
  await Promise.all([window().learn(url, 'a', quirk('tools')), window().learn(url, 'b', quirk('images'))]);
  const features = async (endpoint: string, model: string) =>
    (await window().quirks(endpoint, model)).map(({ feature }) => feature);
  expect(await features(url, 'a')).toEqual(['verbosity', 'tools']);
  expect(await features(url, 'b')).toEqual(['images']);
  expect(await features(`${url}/other`, 'a')).toEqual([]);
  expect(await window().learnt(url)).toHaveLength(3);
  expect(state.changed).toBe(3);
});

test('after 30 days it is tried again', async () => {
  const { state, window, quirk } = await room();
  await window().learn(url, 'a', quirk('verbosity'));
  state.now += 20 * day;
  await window().learn(url, 'a', quirk('tools'));
  state.now += 10 * day;
  expect((await window().quirks(url, 'a')).map(({ feature }) => feature)).toEqual(['tools']);
  state.now += 20 * day;
  expect(await window().learnt(url)).toEqual([]);
});

test('it is forgotten by hand, of this endpoint alone', async () => {
  const { window, quirk } = await room();
  const store = window();
  await store.learn(url, 'a', quirk('verbosity'));
  await store.learn(url, 'b', quirk('tools'));
  await store.learn('http://127.0.0.1:1/v1', 'a', quirk('tools'));
  expect(await store.forget(url)).toBe(2);
  expect(await store.forget(url)).toBe(0);
  expect(await store.learnt(url)).toEqual([]);
  expect(await store.learnt('http://127.0.0.1:1/v1')).toHaveLength(1);
});

test('no secret is in it, and its words are one short line', async () => {
  const { window, quirk, file } = await room();
  const key = `s${'k-'}0123456789abcdefghijklmn`;
  await window(['hush-hush-hush']).learn(
    url,
    'a',
    quirk('tools', `no\ntools with ${key} or hush-hush-hush ${'x'.repeat(900)}`),
  );
  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/hush-hush-hush|0123456789abcdefghijklmn/);
  const [quirkOf] = await window().quirks(url, 'a');
  expect(quirkOf?.why).toMatch(/^no tools with /);
  expect(quirkOf?.why.length).toBeLessThanOrEqual(300);
});

test.each([
  ['a newer release', '{"format":"codex-lanes/endpoints","version":2,"endpoints":"?"}'],
  ['somebody else', '{"x":1}'],
  ['nobody', 'half a fi'],
])('a file of %s counts for nothing, and is left as it is', async (_name, text) => {
  const { window, quirk, file, state } = await room();
  await writeFile(file, text);
  expect(await window().quirks(url, 'a')).toEqual([]);
  await window().learn(url, 'a', quirk('tools'));
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(state.warned).toBe(2);
  await expect(window().forget(url)).rejects.toThrow();
});
