import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaOfInstalled, typesFile, writeTypes } from './app-server-types.mjs';

const schema = schemaOfInstalled();

/** The schema with one of its files changed. */
const withFile = (path, change) => ({
  ...schema,
  files: new Map([...schema.files, [path, change(schema.files.get(path))]]),
});

test('the kept types are those of the installed Codex', () => {
  expect(writeTypes(schema)).toBe(readFileSync(typesFile, 'utf8').replaceAll('\r\n', '\n'));
});

test('a field that moves changes them', () => {
  const moved = withFile('v2/TurnSteerParams', (text) => text.replace('expectedTurnId', 'expectedTurn'));
  expect(writeTypes(moved)).not.toBe(writeTypes(schema));
});

test('what nothing of ours reaches does not', () => {
  const moved = withFile('v2/PluginListParams', (text) => `${text}// moved\n`);
  expect(writeTypes(moved)).toBe(writeTypes(schema));
});

test('a method that is gone and a question that is new are errors', () => {
  const gone = withFile('ClientRequest', (text) => text.replace('"turn/steer"', '"turn/nudge"'));
  expect(() => writeTypes(gone)).toThrow('the schema has no method turn/steer');
  const asked = withFile('ServerRequest', (text) => text.replace('"item/tool/call"', '"item/tool/run"'));
  expect(() => writeTypes(asked)).toThrow('the server asks something new: item/tool/run');
  const odd = withFile('ServerNotification', (text) => text.replace('"params": ErrorNotification', '"data": 1'));
  expect(() => writeTypes(odd)).toThrow('1 of 88 messages are of a shape that is not known');
});
