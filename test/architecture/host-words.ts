import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyTable } from '../../src/routing/index.ts';

/** Words of a source file of the host: what is translated, and what looks like words and is not. */
export type HostWords = { readonly translated: readonly string[]; readonly bare: readonly string[] };

const host = join(import.meta.dirname, '../../src/host');
/** The page's markup: its one word is the title that no one sees, its sentences are a policy. */
const markup = [join('chat', 'page.ts')];
/** Sentences that a model reads and no user: English, as all that it is told. */
const forTheModel = [join('workspace-files', 'model-words.ts')];

/** The words of every file of the host. */
export function hostFiles(): readonly (HostWords & { readonly file: string })[] {
  return readdirSync(host, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && ![...markup, ...forTheModel].includes(file))
    .map((file) => ({ file, ...hostWords(readFileSync(join(host, file), 'utf8')) }));
}

/** Every text that the host has translated, sorted: those in its own files, and those that routing gives it as a code. */
export function textsForTranslators(): readonly string[] {
  const texts = new Set([...hostFiles().flatMap(({ translated }) => translated), ...Object.values(copyTable)]);
  return [...texts].toSorted();
}

/** A string with two words in it is meant for somebody; ids, CSS and codicons have none. */
const prose = /[A-Za-z]{2,}[,;:.?!]? [A-Za-z]{2,}/;
/** Where a single word is for somebody, too: what the editor shows of a row, a message, a button or a box. */
const shownHere =
  /(?:\b(?:label|title|description|detail|placeHolder|placeholder|prompt|tooltip|message|text|name)\s*[:=]|\bshow(?:Error|Warning|Information)Message\()$/;
const word = /^.[A-Z][a-z]{2,}[^\w]/;
/** The same in every language. */
const productName = "'Lanes for Codex'";
const literal = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

/** Finds string literals by eye, not by grammar: enough for formatted code, and the planted cases prove it. */
export function hostWords(source: string): HostWords {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '');
  const translated: string[] = [];
  const bare: string[] = [];
  for (const { 0: quoted, index } of code.matchAll(literal)) {
    const before = code.slice(0, index).trimEnd();
    if (/\bt\($/.test(before)) translated.push(quoted.slice(1, -1).replace(/\\(.)/g, '$1'));
    else if (quoted === productName || isForTheLog(before)) continue;
    else if (prose.test(quoted) || (shownHere.test(before) && word.test(quoted))) bare.push(quoted);
  }
  return { translated, bare };
}

/** The log is English for everybody: it is read by those who mend things. */
function isForTheLog(before: string): boolean {
  return /\blog\.\w+\($/.test(before) || /\blog\.error\([^;]*$/.test(before.slice(-120)) || /\bfrom$/.test(before);
}
