import { expect, test } from 'vitest';
import { shownBy, wanted } from './coverage.ts';
import { scenes } from './scenes.ts';

test('every kind, state, notice and failure of the model has a scene', () => {
  const shown = new Set(scenes.flatMap(shownBy));
  expect(wanted.filter((name) => !shown.has(name))).toEqual([]);
});

test('without its scene a state is missed', () => {
  const shown = new Set(scenes.filter(({ id }) => !id.startsWith('end/by a timeout')).flatMap(shownBy));
  expect(wanted.filter((name) => !shown.has(name))).toEqual(['end timeout']);
});

test('each scene has a name of its own', () => {
  const ids = scenes.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
