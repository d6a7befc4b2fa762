import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostFiles, hostWords, textsForTranslators } from './host-words.ts';

const files = hostFiles();

test.each([
  ["window.showErrorMessage('The chat is broken');", ["'The chat is broken'"]],
  ['item.tooltip = `Lane of this: not ready`;', ['`Lane of this: not ready`']],
  ["window.showErrorMessage(l10n.t('The chat is broken'));", []],
  ["const row = { label: 'Open', id: 'Open' };", ["'Open'"]],
  ["window.showInformationMessage('Done.');", ["'Done.'"]],
  ["const row = { label: l10n.t('Open') };", []],
  ["log.warn('The chat is broken');", []],
  ["item.command = 'codexLanes.selectLane';", []],
])('words outside the table are found: %s', (source, expected) => {
  expect(hostWords(source).bare).toEqual(expected);
});

test('every word of the host goes through the table', () => {
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter(({ bare }) => bare.length > 0).map(({ file, bare }) => ({ file, bare }))).toEqual([]);
});

test('the table for translators holds them all', async () => {
  const table = Object.fromEntries(textsForTranslators().map((english) => [english, english]));
  const file = join(import.meta.dirname, '../../l10n/bundle.l10n.json');
  await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot(file);
});
