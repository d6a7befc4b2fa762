import { codeBlock, tail } from '../markdown.ts';
import { isGreen } from '../outcome.ts';
import type { Script } from '../scene.ts';
import { can, concluded, handsTied, outcome, planned } from '../scene.ts';
import { failingList, passCount, TEST_COMMAND } from './run-tests.ts';

const PLAN = ['See which tests exist', 'Write the missing one', 'Run it'];
const NAME = 'leap-year';

/** Lists the tests, adds a file that is not there yet, runs it. */
export const addTest: Script = (scene) => {
  if (!can(scene, 'run') || !can(scene, 'patch')) return handsTied(scene, 'add a test and run it');
  const listed = outcome(scene, 'list');
  if (listed === null) {
    return planned(scene, PLAN, 0, {
      thoughts: ['**Looking for gaps**\n\nFirst I need to know which tests there are.'],
      words: `I'll see which tests exist.`,
      moves: [{ label: 'list', use: { do: 'run', command: scene.windows ? 'dir test' : 'ls test' } }],
    });
  }
  const path = `test/${freeName(listed.text)}`;
  const patched = outcome(scene, 'patch');
  if (patched === null) {
    return planned(scene, PLAN, 1, {
      thoughts: ['**A gap**\n\nThe century rule of leap years has no test.'],
      words: `Nothing tests the century rule of \`isLeapYear\`, so I add \`${path}\`.`,
      moves: [{ label: 'patch', use: { do: 'patch', patch: newTestPatch(path) } }],
    });
  }
  if (!patched.ok) return concluded(scene, PLAN, 'The file was not added, so there is nothing to run.');
  const run = outcome(scene, 'test');
  if (run === null) {
    return planned(scene, PLAN, 2, {
      thoughts: [],
      words: 'Now I run the new test alone.',
      moves: [{ label: 'test', use: { do: 'run', command: `${TEST_COMMAND} ${path}` } }],
    });
  }
  if (isGreen(run)) return concluded(scene, PLAN, `Added \`${path}\`. Its tests pass${passCount(run)}.`);
  const failing = failingList(run) || codeBlock('text', tail(run.text, 20));
  return concluded(scene, PLAN, `Added \`${path}\`, but it does not pass:\n\n${failing}`);
};

function freeName(listing: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${NAME}.test.js` : `${NAME}-${n}.test.js`;
    if (!listing.includes(name)) return name;
  }
}

function newTestPatch(path: string): string {
  return [
    '*** Begin Patch',
    `*** Add File: ${path}`,
    `+import assert from 'node:assert/strict';`,
    `+import { test } from 'node:test';`,
    `+import { isLeapYear } from '../src/dates.js';`,
    '+',
    `+test('a century is a leap year only every 400 years', () => {`,
    '+  assert.equal(isLeapYear(1900), false);',
    '+  assert.equal(isLeapYear(2000), true);',
    '+});',
    '+',
    `+test('every fourth other year is a leap year', () => {`,
    '+  assert.equal(isLeapYear(2024), true);',
    '+  assert.equal(isLeapYear(2026), false);',
    '+});',
    '*** End Patch',
    '',
  ].join('\n');
}
