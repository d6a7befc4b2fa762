import { PRACTICE_LABEL } from './label.ts';
import { limitsIn } from './limits.ts';
import { longAnswer } from './long-answer.ts';
import { readOutcome } from './outcome.ts';
import type { Scene, Script, Step } from './scene.ts';
import { can, finish } from './scene.ts';
import { addTest } from './scripts/add-test.ts';
import { callTool } from './scripts/call-tool.ts';
import { askedCommand, runCommand, slowCommand } from './scripts/commands.ts';
import { explain } from './scripts/explain.ts';
import { draw, searchWeb } from './scripts/hosted.ts';
import { rename } from './scripts/rename.ts';
import { countedRounds, endlessTools, manyCalls } from './scripts/rounds.ts';
import { runTests } from './scripts/run-tests.ts';
import { summary, whatISee } from './scripts/talk.ts';
import { writeFile } from './scripts/write-file.ts';

/** What the endpoint knows; the first pattern that fits wins. */
const SCRIPTS: readonly (readonly [pattern: RegExp, script: Script])[] = [
  [/^say:\s?([\s\S]*)$/i, (_scene, match) => finish(match[1] ?? '')],
  [/^run:\s*(\S[\s\S]*)$/i, runCommand],
  [/^ask:\s*(\S[\s\S]*)$/i, askedCommand],
  [/^tool:\s*(\w+)\s*(\{[\s\S]*\})?$/i, callTool],
  [/^write:\s*(\S.*)$/i, writeFile],
  [/^slow command\b/i, slowCommand],
  [/^endless tools\b/i, endlessTools],
  [/^rounds:\s*(\d{1,4})\s*$/i, countedRounds],
  [/^many calls\b/i, manyCalls],
  [/^draw\b/i, draw],
  [/^search the web(?:\s+for\s+(\S[^\n]{0,200}))?/i, searchWeb],
  [/^what do you see\b/i, whatISee],
  [/^long answer\b/i, () => finish(longAnswer(), '**Writing at length**\n\nA bit of every kind of Markdown.')],
  [
    /^limits:\s*\d/i,
    ({ asked }) => finish(`${limitsIn(asked.prompts)?.usedPercent} % of a limit of 5 hours are used.`),
  ],
  [/^explain\b/i, explain],
  [/^(?:add|write)\s+(?:an?|another|some|the)?\s*(?:\w+\s+)?tests?\b/i, addTest],
  [/^run\s+(?:all\s+|the\s+|my\s+)*tests?\b/i, runTests],
  [/^rename\s+`?([a-z_]\w*)`?\s+(?:to|into|as)\s+`?([a-z_]\w*)`?/i, rename],
  // Last: clients ask for it in many words of their own.
  [/\b(?:summari[sz]e|handoff summary|compact(?:ion|ing)?)\b/i, summary],
];

const POLITE = /^(?:(?:please|can you|could you|would you|now|ok|okay|hey|hi)[\s,]+)+/i;

/** The next answer of a turn. Pure: equal scenes give equal steps. */
export function nextStep(scene: Scene): Step {
  for (const prompt of scene.asked.prompts) {
    for (const [pattern, script] of SCRIPTS) {
      const match = pattern.exec(prompt) ?? pattern.exec(prompt.replace(POLITE, ''));
      if (match !== null) return stillRunning(scene) ?? script(scene, match);
    }
  }
  return finish(greeting(scene), '**Reading the question**\n\nI know only a few prompts by heart.');
}

/** Codex hands back a session when a command takes long: wait for it under the label of the command. */
function stillRunning(scene: Scene): Step | null {
  const last = scene.asked.calls.findLast((call) => call.label !== 'plan');
  if (last === undefined || !can(scene, 'poll')) return null;
  const session = readOutcome(last.output).running;
  return session === null
    ? null
    : { thoughts: [], words: '', moves: [{ label: last.label, use: { do: 'poll', session } }] };
}

function greeting(scene: Scene): string {
  const hands =
    scene.asked.tools.length === 0
      ? 'Your client offers no tools in this turn, so I can only answer in words.'
      : (scene.tied ?? 'I may run commands and change files in this folder.');
  return [
    `Hello! This is the **${PRACTICE_LABEL}** endpoint: no model, no account, no network. It answers from a script.`,
    'It understands:',
    [
      '- `Explain this file`, or `explain src/dates.js`',
      '- `Run the tests`: runs them, fixes what fails, runs them again',
      '- `Add a test`',
      '- `Rename monthName to nameOfMonth`',
      '- `run: <command>`, `ask: <command>` (outside the sandbox), `write: <path>`, `slow command`',
      '- `many calls`, `rounds: 5`, `endless tools`, `draw`, `search the web`, `what do you see`',
      '- `long answer`, `say: <text>`',
      '- `fail: 401`, `403`, `404`, `429`, `500`, `503`, `quota`, `context`, `refusal`, `incomplete`, `cut` or `hang`; with `once` it is fine when tried again, as in `fail: 429 once`',
    ].join('\n'),
    hands,
  ].join('\n\n');
}
