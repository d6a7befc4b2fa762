import { codeBlock } from '../markdown.ts';
import type { Outcome } from '../outcome.ts';
import { isGreen, readTestReport } from '../outcome.ts';
import type { Scene, Script } from '../scene.ts';
import { can, concluded, handsTied, outcome, planned } from '../scene.ts';
import { readMove, readSource } from './read-file.ts';

export const TEST_COMMAND = 'node --test';

const SOURCE = 'src/dates.js';
const PLAN = ['Run the tests', 'Find the cause', 'Fix it', 'Run the tests again'];
/** The line the sample workspace is wrong in, whatever the function is called by now. */
const BUG = /^( *)return MONTHS\[month\];$/m;

/** Test, look, fix, test again. */
export const runTests: Script = (scene) => {
  if (!can(scene, 'run')) return handsTied(scene, `run the tests with \`${TEST_COMMAND}\` and fix what fails`);
  const first = outcome(scene, 'test');
  if (first === null) {
    return planned(scene, PLAN, 0, {
      thoughts: ['**Running the tests**\n\nThe project uses the test runner of Node.js, so one command is enough.'],
      words: `I'll run the tests first.`,
      moves: [{ label: 'test', use: { do: 'run', command: TEST_COMMAND } }],
    });
  }
  if (isGreen(first)) return concluded(scene, PLAN, `All tests pass${passCount(first)}. There is nothing to fix.`);
  const failing = failingList(first);
  if (failing === '') return concluded(scene, PLAN, `The tests did not run.\n\n${codeBlock('text', first.text)}`);
  return fix(scene, failing);
};

function fix(scene: Scene, failing: string): ReturnType<Script> {
  const source = outcome(scene, 'read');
  if (source === null) {
    return planned(scene, PLAN, 1, {
      thoughts: ['**Reading the source**\n\nThe failing tests all need the name of a month.'],
      words: `These tests fail:\n\n${failing}\n\nAll of them use the name of a month, so I'll look at \`${SOURCE}\`.`,
      moves: [readMove(scene, SOURCE)],
    });
  }
  const indent = BUG.exec(readSource(source))?.[1];
  if (indent === undefined || !can(scene, 'patch')) {
    const why = indent === undefined ? 'for a reason I have no script for' : 'and no tool to edit files is offered';
    return concluded(scene, PLAN, `The tests fail, ${why}:\n\n${failing}`);
  }
  const patched = outcome(scene, 'patch');
  if (patched === null) {
    return planned(scene, PLAN, 2, {
      thoughts: ['**Found it**\n\nMonths count from 1, lists from 0: the index is one too high.'],
      words: 'Months count from 1 but the list starts at 0, so each name is one month late. I subtract one.',
      moves: [{ label: 'patch', use: { do: 'patch', patch: offByOnePatch(indent) } }],
    });
  }
  if (!patched.ok) return concluded(scene, PLAN, `The change was not made, so the tests still fail:\n\n${failing}`);
  const again = outcome(scene, 'retest');
  if (again === null) {
    return planned(scene, PLAN, 3, {
      thoughts: ['**Checking the fix**'],
      words: 'Now the tests again.',
      moves: [{ label: 'retest', use: { do: 'run', command: TEST_COMMAND } }],
    });
  }
  if (!isGreen(again))
    return concluded(scene, PLAN, `I changed \`${SOURCE}\`, but tests fail:\n\n${failingList(again)}`);
  return concluded(
    scene,
    PLAN,
    `Fixed: all tests pass${passCount(again)}.\n\n- **Cause:** \`${SOURCE}\` took the month (1 to 12) as an index into a list that starts at 0.\n- **Change:** \`MONTHS[month]\` is now \`MONTHS[month - 1]\`.`,
  );
}

function offByOnePatch(indent: string): string {
  return [
    '*** Begin Patch',
    `*** Update File: ${SOURCE}`,
    '@@',
    `-${indent}return MONTHS[month];`,
    `+${indent}return MONTHS[month - 1];`,
    '*** End Patch',
    '',
  ].join('\n');
}

/** " (4 of them)" or nothing when the runner did not say. */
export function passCount(run: Outcome): string {
  const { pass } = readTestReport(run.text);
  return pass === null ? '' : ` (${pass})`;
}

export function failingList(run: Outcome): string {
  return readTestReport(run.text)
    .failing.map((name) => `- ${name}`)
    .join('\n');
}
