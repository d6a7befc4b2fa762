import { constants } from 'node:fs';
import { access, open, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codexPackage } from './tested-version.ts';

export type Machine = { readonly platform: NodeJS.Platform; readonly arch: string };

/** A launcher is a few lines of text; a program is not read as text. */
const largestLauncher = 64 * 1024;

/**
 * The program behind a path. An npm launcher (codex.js, or the shim that npm or pnpm made for it) is resolved to the
 * platform binary **in its own tree**, whose siblings it needs; anything else is itself. Null: it is a launcher whose
 * program is missing. Throws what the file system throws.
 */
export async function programBehind(path: string, platform: NodeJS.Platform, arch: string): Promise<string | null> {
  const real = await realpath(path);
  const text = await launcherText(real);
  if (text === null) return isShim(real) ? null : real;
  if (isNodeScript(real, text)) {
    const root = await packageRoot(real);
    return root === null ? real : binaryOfPackage(root, platform, arch);
  }
  for (const script of launcherTargets(text, dirname(real))) {
    const root = await packageRoot(await realpath(script).catch(() => script));
    const binary = root === null ? null : await binaryOfPackage(root, platform, arch);
    if (binary !== null) return binary;
  }
  // A shell script that leads nowhere we know may be the user's own and is a program; Windows can't start a .cmd so.
  return isShim(real) || launcherTargets(text, dirname(real)).length > 0 ? null : real;
}

/** The platform binary of an installed `@openai/codex`. */
export async function binaryOfPackage(root: string, platform: NodeJS.Platform, arch: string): Promise<string | null> {
  for (const binary of binaryPlaces(root, { platform, arch })) {
    if (await isExecutable(binary, platform)) return binary;
  }
  return null;
}

export async function isExecutable(path: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    if (platform !== 'win32') await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where the platform binary of the package in `root` may lie, in order. Only computes. The platform package (npm's alias
 * `codex-linux-x64`) is below the package, beside it or further up; 0.117 may have the program in the package itself.
 */
export function binaryPlaces(root: string, machine: Machine): readonly string[] {
  const program = machine.platform === 'win32' ? 'codex.exe' : 'codex';
  return architectures(machine).flatMap((arch) => {
    const name = `codex-${machine.platform}-${arch}`;
    const folders = [root];
    for (let at = root; dirname(at) !== at; at = dirname(at)) {
      // npm looks for no node_modules inside one.
      if (basename(at) !== 'node_modules') folders.push(join(at, 'node_modules', '@openai', name));
    }
    folders.push(join(dirname(root), name));
    return [...new Set(folders)].flatMap((folder) =>
      triples(machine.platform, arch).flatMap((triple) =>
        // bin: 0.169; codex: 0.117.
        ['bin', 'codex'].map((place) => join(folder, 'vendor', triple, place, program)),
      ),
    );
  });
}

/** Where the ripgrep that Codex brings along may lie beside its program. Only computes. 0.117 calls the folder `path`. */
export function ripgrepOfCodex(program: string): readonly string[] {
  const name = program.toLowerCase().endsWith('.exe') ? 'rg.exe' : 'rg';
  return ['codex-path', 'path'].map((folder) => join(dirname(dirname(program)), folder, name));
}

/** Both on macOS and on Windows, which run the other one's programs: Node.js and npm need not be of one kind. */
function architectures({ platform, arch }: Machine): readonly string[] {
  if (platform !== 'darwin' && platform !== 'win32') return [arch];
  return [arch, ...['arm64', 'x64'].filter((other) => other !== arch)];
}

function triples(platform: NodeJS.Platform, arch: string): readonly string[] {
  const cpu = arch === 'arm64' ? 'aarch64' : 'x86_64';
  switch (platform) {
    case 'win32':
      return [`${cpu}-pc-windows-msvc`];
    case 'darwin':
      return [`${cpu}-apple-darwin`];
    default:
      return [`${cpu}-unknown-linux-musl`, `${cpu}-unknown-linux-gnu`];
  }
}

/**
 * The scripts of Codex's package that a shim in `folder` starts. npm and pnpm write three kinds, each of which names
 * the script from its own folder: `%dp0%\…` (.cmd), `$basedir/…` (.ps1, sh).
 */
export function launcherTargets(text: string, folder: string): readonly string[] {
  const found = text.matchAll(/"(?:%~?dp0%?|\$basedir)[\\/]([^"]*?@openai[\\/]codex[\\/]bin[\\/]codex\.js)"/gi);
  const targets = [...found].map(([, rest = '']) => join(folder, ...rest.split(/[\\/]/)));
  return [...new Set(targets)];
}

function isShim(path: string): boolean {
  return /\.(cmd|ps1|bat)$/i.test(path);
}

function isNodeScript(path: string, text: string): boolean {
  return /\.[cm]?js$/.test(path) || /^#!.*\bnode\b/.test(text);
}

/** The text of a file that may be a launcher; null = it is a program. */
async function launcherText(path: string): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > largestLauncher) return null;
    const bytes = await file.readFile();
    return bytes.includes(0) ? null : bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

/** The folder of the `@openai/codex` package that a script belongs to. */
async function packageRoot(script: string): Promise<string | null> {
  for (let at = dirname(script); dirname(at) !== at; at = dirname(at)) {
    try {
      const manifest: unknown = JSON.parse(await readFile(join(at, 'package.json'), 'utf8'));
      const named = typeof manifest === 'object' && manifest !== null && 'name' in manifest;
      if (named && manifest.name === codexPackage) return at;
    } catch {
      // no manifest here, or not one: further up
    }
  }
  return null;
}
