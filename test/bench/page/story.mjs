// What the pages of the bench show: texts and threads made by rule, the same in every run.
import { EventLog, idleComposer } from '../../../webview/testing/event-log.ts';

const words =
  'the lookup takes months that count from one while every caller counts from zero so names of days and of files are read again before a test runs in the folder that was named'.split(
    ' ',
  );

/** Numbers between 0 and 1 by rule (a linear congruence). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Markdown as a model writes it: headings, paragraphs with marks, code, links and files, lists, tables, fences.
 * @param {number} length in characters
 */
export function answerText(length, seed = 7) {
  const next = numbers(seed);
  const pick = (from) => from[Math.floor(next() * from.length)];
  const some = (least, most) => Array.from({ length: least + Math.floor(next() * (most - least)) }, () => pick(words));
  const inline = () => {
    const kind = next();
    if (kind < 0.06) return `**${some(1, 4).join(' ')}**`;
    if (kind < 0.12) return `\`${pick(words)}.${pick(words)}()\``;
    if (kind < 0.14) return `[${pick(words)}](https://example.org/${pick(words)})`;
    if (kind < 0.16) return `\`src/${pick(words)}.ts:${Math.ceil(next() * 200)}\``;
    return some(3, 9).join(' ');
  };
  const sentence = () => `${Array.from({ length: 2 + Math.floor(next() * 5) }, inline).join(' ')}.`;
  const paragraph = () => Array.from({ length: 1 + Math.floor(next() * 4) }, sentence).join(' ');
  const fence = () => {
    const lines = Array.from(
      { length: 4 + Math.floor(next() * 30) },
      (_, line) => `${'  '.repeat(line % 3)}const ${pick(words)}${line} = ${pick(words)}('${pick(words)}', ${line});`,
    );
    return ['```ts', ...lines, '```'].join('\n');
  };
  const list = (mark) => Array.from({ length: 2 + Math.floor(next() * 6) }, (_, n) => mark(n) + sentence()).join('\n');
  const table = () =>
    ['| name | what | lines |', '| --- | --- | ---: |']
      .concat(Array.from({ length: 3 + Math.floor(next() * 6) }, () => `| \`${pick(words)}\` | ${inline()} | 12 |`))
      .join('\n');
  const block = () => {
    const kind = next();
    if (kind < 0.1) return `## ${some(2, 6).join(' ')}`;
    if (kind < 0.22) return fence();
    if (kind < 0.32) return list(() => '- ');
    if (kind < 0.38) return list((n) => `${n + 1}. `);
    if (kind < 0.42) return table();
    return paragraph();
  };
  let text = '';
  while (text.length < length) text += `${block()}\n\n`;
  return text.slice(0, length);
}

/**
 * A text in `count` pieces of differing length.
 * @param {string} text
 */
export function deltasOf(text, count, seed = 11) {
  const next = numbers(seed);
  const cuts = Array.from({ length: count }, () => 0.2 + next());
  const whole = cuts.reduce((sum, cut) => sum + cut, 0);
  let reached = 0;
  let from = 0;
  return cuts.map((cut, index) => {
    reached += cut;
    const to = index === count - 1 ? text.length : Math.round((reached / whole) * text.length);
    const delta = text.slice(from, to);
    from = to;
    return delta;
  });
}

/** Turns as people have them: a prompt, thoughts, commands, a changed file, an answer. Nine or ten items each. */
function turn(log, number, answerLength) {
  log.begin(`Prompt ${number}: ${answerText(120, number).replaceAll('\n', ' ')}`);
  log.add({ kind: 'reasoning', text: `The months are read ${number} times.`, isDelta: false }, `r${number}`, 2000);
  log.text(`a${number}`, answerText(300, number + 1));
  const output = `${'  ok  monthName names the month\n'.repeat(30)}30 passed\n`;
  log.command(`c${number}`, `npm test -- dates-${number}`, output, number % 4 === 0 ? 1 : 0, 2100);
  log.add({ kind: 'warning', source: 'process', text: 'model metadata not found' });
  const diff = '@@ -12,3 +12,3 @@\n a\n-b\n+c\n d\n';
  const changes = [{ path: `src/dates-${number}.ts`, kind: 'update', diff }];
  log.add(
    { kind: 'file_change', phase: 'completed', changes, status: 'completed', diffSource: 'runtime' },
    `f${number}`,
  );
  log.add({ kind: 'web_search', phase: 'completed', query: `months ${number}`, status: 'completed' }, `w${number}`);
  log.text(`t${number}`, answerText(answerLength, number + 2));
  log.complete();
}

/**
 * The log of a thread of `items` items or a few more.
 * @param {number} items
 */
export function threadOf(items, answerLength = 1500) {
  const log = new EventLog();
  let rows = 0;
  for (let number = 1; rows < items; number += 1) {
    turn(log, number, answerLength);
    rows += rowsOfTurn;
  }
  return log;
}

/** Items that {@link turn} makes: prompt, thought, two texts, command, warning, change, search, receipt. */
const rowsOfTurn = 9;

/** A thread whose last turn has begun and said nothing. */
export function threadAtWork(items = 0) {
  const log = threadOf(items);
  log.begin('Tell me everything about months.');
  return log;
}

/** What the host answers when a page says hello, or when a thread is opened. */
export function snapshotOf(log, { id = 'thread-1', running = false } = {}) {
  return {
    type: 'snapshot',
    thread: { ...log.view(), threadId: id },
    draft: '',
    composer: { ...idleComposer, running },
    welcome: { line: 'OpenAI API - ready', why: false, prompts: ['Explain this file'] },
  };
}

/** What is the same in every event of the turn at work; a page adds `seq`, `at` and `text`. */
export function deltaTemplate(log) {
  const { v, provider, laneId, transport, threadId, turnId, seq } = log.events.at(-1);
  return {
    event: { v, provider, laneId, transport, threadId, turnId, kind: 'assistant_text', isDelta: true, itemId: 'long' },
    from: seq + 1,
  };
}
