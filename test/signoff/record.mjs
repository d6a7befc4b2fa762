// The record of a phase: docs/signoff/phase-N.md. All of it but the line that says when and where it was made follows from
// what was observed, so that a second run writes the same file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {object} Result
 * @property {string} title
 * @property {string} contract where the contract says it
 * @property {string} says what it says, in one sentence
 * @property {readonly string[]} commands
 * @property {unknown} observed
 * @property {readonly string[]} differences empty = as the contract says
 */

const madeLine = /^Recorded on .*$/m;

/**
 * @param {object} of
 * @param {{ title: string, about: string }} of.phase
 * @param {readonly string[]} of.versions of the programs that were driven
 * @param {string} of.made when, by which version of the product and where: the one line that is never compared
 * @param {readonly Result[]} of.results
 */
export function render({ phase, versions, made, results }) {
  const failed = results.filter(({ differences }) => differences.length > 0);
  const parts = [
    `# ${phase.title}`,
    `Recorded on ${made}.`,
    phase.about,
    ['Driven:', '', ...versions.map((version) => `- ${version}`)].join('\n'),
    [
      '| Scenario | Result |',
      '| --- | --- |',
      ...results.map(({ title, differences }) => `| ${title} | ${verdict(differences)} |`),
    ].join('\n'),
    ...results.map(scenario),
    failed.length === 0
      ? `${results.length} of ${results.length} scenarios are as the contract says.`
      : `${failed.length} of ${results.length} scenarios differ from the contract.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const verdict = (differences) => (differences.length === 0 ? 'as the contract says' : '**differs**');

function scenario({ title, contract, says, commands, observed, differences }) {
  const result =
    differences.length === 0
      ? 'Result: as the contract says.'
      : ['Result: **differs from the contract**:', '', ...differences.map((line) => `- ${line}`)].join('\n');
  return [
    `## ${title}`,
    `${contract}: ${says}`,
    fence('sh', commands.join('\n')),
    fence('json', JSON.stringify(observed, undefined, 2)),
    result,
  ].join('\n\n');
}

/** Whatever a text holds, its fence is longer. */
function fence(language, text) {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}

/** Whether two records say the same, but for when and where they were made. */
export function saySame(a, b) {
  return withoutMade(a) === withoutMade(b);
}

const withoutMade = (text) => text.replaceAll('\r\n', '\n').replace(madeLine, 'Recorded.');

/**
 * Keeps a record; a file that says the same already stays as it is, with its date.
 * @returns {'written' | 'unchanged'}
 */
export function keep(path, text) {
  if (existsSync(path) && saySame(readFileSync(path, 'utf8'), text)) return 'unchanged';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return 'written';
}

/**
 * What a committed record says otherwise; empty when it says the same.
 * @returns {string[]} the first lines that differ
 */
export function deviations(committed, text) {
  const [old, now] = [committed, text].map((record) => withoutMade(record).split('\n'));
  const lines = [];
  for (let index = 0; index < Math.max(old.length, now.length) && lines.length < 12; index += 1) {
    if (old[index] === now[index]) continue;
    lines.push(`line ${index + 1}: recorded ${show(old[index])}, now ${show(now[index])}`);
  }
  return lines;
}

const show = (line) => (line === undefined ? 'nothing' : JSON.stringify(line.trim()));
