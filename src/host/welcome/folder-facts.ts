/** What a folder is, as far as a first prompt needs it. Every name here is safe to show: see `plainPath`. */
export type FolderFacts = {
  readonly readme: string | null;
  /** The file that says what the project is made of. */
  readonly manifest: string | null;
  /** What runs its tests in a terminal. */
  readonly testCommand: string | null;
  /** The test runner by its own name. */
  readonly testTool: string | null;
  /** True in the project that practice was written for. */
  readonly isSample: boolean;
};

/** Looks at single files by name, so that a folder with 100,000 files costs what one with ten does. */
export type FolderFiles = {
  readonly has: (name: string) => Promise<boolean>;
  /** The text of a small file; null = it is not there, it can't be read or it is too large. */
  readonly text: (name: string) => Promise<string | null>;
};

type Project = Pick<FolderFacts, 'manifest' | 'testCommand' | 'testTool'>;

const readmes = ['README.md', 'README.rst', 'README.txt', 'README'] as const;

/** The first of these that is there decides what the project is called by. */
const projects: readonly ((files: FolderFiles) => Promise<Project | null>)[] = [node, rust, python, go, make];

export async function readFolder(files: FolderFiles): Promise<FolderFacts> {
  const [readme, found, isSample] = await Promise.all([
    firstOf(readmes, files),
    Promise.all(projects.map((read) => read(files))),
    files.has('src/dates.js'),
  ]);
  const known = found.filter((project) => project !== null);
  const project = known.find(({ testCommand }) => testCommand !== null) ?? known[0] ?? none;
  return { readme, ...project, isSample: isSample && project.testTool === 'node:test' };
}

const none: Project = { manifest: null, testCommand: null, testTool: null };

async function firstOf<Name extends string>(names: readonly Name[], files: FolderFiles): Promise<Name | null> {
  const there = await Promise.all(names.map((name) => files.has(name)));
  return names.find((_, index) => there[index]) ?? null;
}

/** A command line: no words of ours, so the same in every language. */
const line = (...parts: readonly string[]): string => parts.join(' ');

const lockFiles = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'package-lock.json'] as const;
const managers: Readonly<Record<(typeof lockFiles)[number], string>> = {
  'pnpm-lock.yaml': line('pnpm', 'test'),
  'yarn.lock': line('yarn', 'test'),
  'bun.lock': line('bun', 'run', 'test'),
  'package-lock.json': line('npm', 'test'),
};

/** Longest script that is searched for a runner, in characters: what is longer is nobody's, and the search takes its square. */
const longestScript = 2000;

/** The runners by a word of the script that starts them. */
const runners: readonly (readonly [word: RegExp, name: string])[] = [
  [/\bvitest\b/, 'Vitest'],
  [/\bjest\b/, 'Jest'],
  [/\bplaywright\b/, 'Playwright'],
  [/\bmocha\b/, 'Mocha'],
  [/\bava\b/, 'AVA'],
  [/\bnode\b.*--test\b/, 'node:test'],
];

async function node(files: FolderFiles): Promise<Project | null> {
  const text = await files.text('package.json');
  if (text === null) return null;
  const script = testScriptOf(text);
  if (script === null) return { ...none, manifest: 'package.json' };
  const lock = await firstOf(lockFiles, files);
  const tool = runners.find(([word]) => word.test(script.slice(0, longestScript)))?.[1] ?? null;
  return {
    manifest: 'package.json',
    testCommand: lock === null ? line('npm', 'test') : managers[lock],
    testTool: tool,
  };
}

/** The `test` script; the one that `npm init` writes is none. */
function testScriptOf(manifest: string): string | null {
  try {
    const { scripts }: { scripts?: { test?: unknown } } = JSON.parse(manifest) ?? {};
    const script = scripts?.test;
    return typeof script === 'string' && !/no test specified/.test(script) ? script : null;
  } catch {
    // Somebody is writing it.
    return null;
  }
}

async function rust(files: FolderFiles): Promise<Project | null> {
  if (!(await files.has('Cargo.toml'))) return null;
  return { manifest: 'Cargo.toml', testCommand: line('cargo', 'test'), testTool: line('cargo', 'test') };
}

async function python(files: FolderFiles): Promise<Project | null> {
  const text = await files.text('pyproject.toml');
  if (text === null) return null;
  const pytest = /\bpytest\b/.test(text);
  return {
    manifest: 'pyproject.toml',
    testCommand: pytest ? 'pytest' : null,
    testTool: pytest ? 'pytest' : 'unittest',
  };
}

async function go(files: FolderFiles): Promise<Project | null> {
  if (!(await files.has('go.mod'))) return null;
  return { manifest: 'go.mod', testCommand: line('go', 'test', './...'), testTool: line('go', 'test') };
}

async function make(files: FolderFiles): Promise<Project | null> {
  const text = await files.text('Makefile');
  if (text === null) return null;
  return {
    manifest: 'Makefile',
    testCommand: /^test\s*:(?!=)/m.test(text) ? line('make', 'test') : null,
    testTool: null,
  };
}

/**
 * A path inside a folder, as it may stand in a prompt; null where it is outside, long, or made of anything but letters,
 * digits and a few signs: file names are anybody's text, and a prompt is an instruction.
 */
export function plainPath(path: string, folder: string): string | null {
  const inside = `${folder.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  const whole = path.replaceAll('\\', '/');
  if (!whole.startsWith(inside)) return null;
  const relative = whole.slice(inside.length);
  return relative.length <= 80 &&
    /^(?!.*\.\.)[\p{L}\p{N}_@][\p{L}\p{N}_.@+-]*(?:\/[\p{L}\p{N}_.@+-]+)*$/u.test(relative)
    ? relative
    : null;
}
