import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { ScriptMark } from '../model/index.ts';
import { mayBeLookedAt, readReal } from './paths/index.ts';
import { simpleCommands } from './shell-words.ts';

/** How deep scripts that run scripts are followed, and how many are named. */
const deepest = 4;
const most = 20;
/** A larger file is no script, in bytes: its size and time stand for it. */
const largest = 5 * 1024 * 1024;

/**
 * The scripts that a command runs, as far as its words and theirs say so, each with a digest of its definition: so that a
 * grant for `npm test` lapses when somebody changes what that means. It guards against a change that nobody saw, not against a
 * command that hides what it runs: it is no security boundary. Never rejects.
 * @param cwd absolute, links resolved
 */
export async function scriptsOf(command: string, cwd: string): Promise<readonly ScriptMark[]> {
  const found = new Map<string, string>();
  await follow(command, { cwd, root: cwd, found, depth: 0 });
  return [...found].map(([name, digest]) => ({ name, digest }));
}

type Place = {
  readonly cwd: string;
  /** Names are told from here. */
  readonly root: string;
  readonly found: Map<string, string>;
  readonly depth: number;
};

async function follow(text: string, place: Place): Promise<void> {
  if (place.depth > deepest) return;
  let { cwd } = place;
  for (const words of simpleCommands(text)) {
    const [program = '', ...rest] = programOf(words);
    if (program === 'cd') cwd = resolve(cwd, rest.find((word) => !word.startsWith('-')) ?? '.');
    else await look(program, rest, { ...place, cwd });
  }
}

const prefixes: readonly string[] = [
  ...['env', 'time', 'nice', 'nohup', 'exec', 'command', 'sudo', 'xvfb-run', 'corepack', 'timeout', 'stdbuf', 'setsid'],
  ...['ionice', 'chronic', 'builtin', 'doas'],
];
/** Words of a shell's own that a command follows. */
const keywords: readonly string[] = ['!', 'if', 'then', 'else', 'elif', 'while', 'until', 'do'];
/** Of a prefix: what takes a word of its own. */
const taking = /^-[ukgpC]$/;

/** Without what only sets the scene. */
function programOf(words: readonly string[]): readonly string[] {
  let isPrefixed = false;
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (/^[A-Za-z_]\w*=/.test(word) || keywords.includes(word)) continue;
    if (prefixes.includes(word)) isPrefixed = true;
    else if (isPrefixed && taking.test(word)) at += 1;
    // A time limit, a priority.
    else if (!isPrefixed || !/^-|^\d+(?:\.\d+)?[smhd]?$/.test(word)) break;
  }
  return words.slice(at);
}

const managers: readonly string[] = ['npm', 'pnpm', 'yarn', 'bun'];
const runners: readonly string[] = ['npx', 'pnpx', 'bunx'];
const shells: readonly string[] = ['bash', 'sh', 'zsh', 'dash', 'ksh'];
const interpreters: readonly string[] = [
  ...['node', 'bun', 'deno', 'tsx', 'ts-node', 'python', 'python3', 'ruby', 'perl', 'php', 'pwsh', 'powershell'],
  ...['.', 'source'],
];

async function look(program: string, words: readonly string[], place: Place): Promise<void> {
  const name = basename(program).replace(/\.(?:exe|cmd)$/i, '');
  if (runners.includes(name)) return again(words, place);
  if (managers.includes(name)) return ofManager(name, words, place);
  if (name === 'make' || name === 'gmake') {
    return ofTargets(['GNUmakefile', 'makefile', 'Makefile'], words, place);
  }
  if (name === 'just') return ofTargets(['justfile', 'Justfile', '.justfile'], words, place);
  const inline = shells.includes(name) ? words[words.findIndex((word) => /^-\w*c$/.test(word)) + 1] : undefined;
  if (inline !== undefined && words.some((word) => /^-\w*c$/.test(word))) {
    return follow(inline, { ...place, depth: place.depth + 1 });
  }
  if (shells.includes(name) || interpreters.includes(name)) {
    for (const word of words) await ofFile(word, place);
    return;
  }
  if (/[\\/]/.test(program)) await ofFile(program, place);
}

/** What comes after words of a runner's own. */
function again(words: readonly string[], place: Place): Promise<void> {
  const start = words.findIndex((word) => !word.startsWith('-'));
  const [program = '', ...rest] = start === -1 ? [] : words.slice(start);
  return program === '' ? Promise.resolve() : look(program, rest, place);
}

/** Words that run a script of the same name without `run`. */
const ownNames: readonly string[] = ['test', 'start', 'stop', 'restart'];
const installing: readonly string[] = ['install', 'i', 'ci', 'add', 'rebuild'];
const lifecycle = ['preinstall', 'install', 'postinstall', 'prepare'] as const;

async function ofManager(manager: string, given: readonly string[], place: Place): Promise<void> {
  const folder = valueAfter(given, ['-C', '--prefix', '--cwd', '--dir']);
  const from = folder === null ? place.cwd : resolve(place.cwd, folder);
  const flagged = valueAfter(given, ['-w', '--workspace', '-F', '--filter']);
  const bare = given.filter((word) => !word.startsWith('-') && word !== folder && word !== flagged);
  const isNamed = manager === 'yarn' && bare[0] === 'workspace';
  const [verb = '', ...rest] = isNamed ? bare.slice(2) : bare;
  const member = flagged ?? (isNamed ? (bare[1] ?? null) : null);
  const own = member === null ? null : resolve(from, member);
  // One that is told by its name and not by its folder stays with the root's.
  const cwd = own !== null && (await textOf(join(own, 'package.json'), place)) !== null ? own : from;
  const here = { ...place, cwd };
  if (['exec', 'dlx', 'x'].includes(verb)) return again(rest, here);
  if (verb === 'run' || verb === 'run-script' || verb === 'rum') return ofScripts([rest[0] ?? ''], here);
  if (installing.includes(verb) || (verb === '' && manager !== 'npm')) return ofScripts(lifecycle, here, false);
  if (ownNames.includes(verb)) return ofScripts([verb], here);
  if (verb === 't' || verb === 'tst') return ofScripts(['test'], here);
  if (manager === 'npm' || verb === '') return;
  if (manager === 'bun') await ofFile(verb, here);
  // The others take a script's name as a word of their own.
  await ofScripts([verb], here, false);
}

/** @param asked one that is not there is marked all the same: whoever adds it changes what was allowed */
async function ofScripts(names: readonly string[], place: Place, asked = true): Promise<void> {
  const found = await packageAbove(place);
  if (found === null) return;
  for (const name of names) {
    const parts = [`pre${name}`, name, `post${name}`].map((part) => found.scripts.get(part) ?? null);
    if (!asked && parts[1] === null) continue;
    const path = join(found.folder, 'package.json');
    if (!mark(`${shown(path, place)}: ${name}`, JSON.stringify(parts), place)) continue;
    for (const text of parts) {
      if (text !== null) await follow(text, { ...place, cwd: found.folder, depth: place.depth + 1 });
    }
  }
}

async function packageAbove({
  cwd,
  root,
}: Place): Promise<{ readonly folder: string; readonly scripts: ReadonlyMap<string, string> } | null> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const text = await textOf(join(folder, 'package.json'), { root });
    if (text !== null) return { folder, scripts: scriptsIn(Buffer.from(text, 'latin1').toString('utf8')) };
    if (folder === dirname(folder)) return null;
  }
}

function scriptsIn(text: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    const scripts: unknown = typeof value === 'object' && value !== null && 'scripts' in value ? value.scripts : null;
    const entries = typeof scripts === 'object' && scripts !== null ? Object.entries(scripts) : [];
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}

/** A target may run any other: the whole file stands for each. */
async function ofTargets(names: readonly string[], words: readonly string[], place: Place): Promise<void> {
  const folder = valueAfter(words, ['-C', '--directory', '-d', '--working-directory']);
  const cwd = folder === null ? place.cwd : resolve(place.cwd, folder);
  const named = valueAfter(words, ['-f', '--file', '--makefile', '--justfile']);
  for (const name of named === null ? names : [named]) {
    const path = resolve(cwd, name);
    const text = await textOf(path, place);
    if (text === null) continue;
    const targets = words.filter((word) => !/^-|=/.test(word) && word !== folder && word !== named);
    for (const target of targets.length === 0 ? ['(default)'] : targets) {
      mark(`${shown(path, place)}: ${target}`, text, place);
    }
    return;
  }
}

function valueAfter(words: readonly string[], flags: readonly string[]): string | null {
  for (const [index, word] of words.entries()) {
    if (flags.includes(word)) return words[index + 1] ?? null;
    const flag = flags.find((one) => one.startsWith('--') && word.startsWith(`${one}=`));
    if (flag !== undefined) return word.slice(flag.length + 1);
  }
  return null;
}

/** A word that names a file is one; which word is the script, each interpreter says in its own way. */
async function ofFile(word: string, place: Place): Promise<void> {
  if (word.startsWith('-')) return;
  const path = resolve(place.cwd, word);
  const text = await textOf(path, place);
  if (text === null || !mark(shown(path, place), text, place)) return;
  if (/^#!.*\b(?:ba|z|da|k)?sh\b/.test(text) || /\.(?:sh|bash)$/.test(path)) {
    await follow(text, { ...place, depth: place.depth + 1 });
  }
}

/** False: it was marked before, or there are enough. */
function mark(name: string, definition: string, { found }: Place): boolean {
  if (found.has(name) || found.size >= most) return false;
  found.set(name, createHash('sha256').update(definition).digest('base64url'));
  return true;
}

function shown(path: string, { root }: Place): string {
  const name = relative(root, path);
  return (name.startsWith('..') || isAbsolute(name) ? path : name).replaceAll('\\', '/').slice(0, 200);
}

/** Null = it is no file that can be read, or none that is looked at before the user was asked. */
async function textOf(path: string, { root }: Pick<Place, 'root'>): Promise<string | null> {
  if (!mayBeLookedAt(path, [root])) return null;
  try {
    const found = await stat(path);
    if (!found.isFile()) return null;
    if (found.size > largest) return `${found.size} ${found.mtimeMs}`;
    // A file of the kernel's may never end, and says a size of 0.
    const read = await readReal(await realpath(path), largest);
    return read.kind === 'read' ? Buffer.from(read.bytes).toString('latin1') : null;
  } catch {
    return null;
  }
}
