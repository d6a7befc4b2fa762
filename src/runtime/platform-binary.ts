import { constants } from 'node:fs';
import { access, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The platform package's short name, as npm's alias has it: `codex-linux-x64`. */
function platformPackage(platform: NodeJS.Platform, arch: string): string {
  return `codex-${platform}-${arch}`;
}

/**
 * The program behind a path. An npm launcher (a script, or a .cmd shim) is resolved to the platform binary **in its own
 * tree**, whose siblings it needs; anything else is itself. Null: it is a launcher whose platform package is missing.
 */
export async function programBehind(path: string, platform: NodeJS.Platform, arch: string): Promise<string | null> {
  const real = await realpath(path);
  if (platform === 'win32' && /\.(cmd|ps1|bat)$/i.test(real)) {
    return binaryOfPackage(join(dirname(real), 'node_modules', '@openai', 'codex'), platform, arch);
  }
  if (!(await isNodeScript(real))) return real;
  const root = await packageRoot(real);
  return root === null ? real : binaryOfPackage(root, platform, arch);
}

/** The platform binary of an installed `@openai/codex`, in the layouts of 0.169 and of 0.117. */
export async function binaryOfPackage(root: string, platform: NodeJS.Platform, arch: string): Promise<string | null> {
  const name = platformPackage(platform, arch);
  const folders = [root];
  for (let at = root; dirname(at) !== at; at = dirname(at)) folders.push(join(at, 'node_modules', '@openai', name));
  folders.push(join(dirname(root), name));
  const program = platform === 'win32' ? 'codex.exe' : 'codex';
  for (const folder of folders) {
    for (const triple of await namesIn(join(folder, 'vendor'))) {
      if (!tripleFits(triple, platform, arch)) continue;
      for (const place of ['bin', 'codex']) {
        const binary = join(folder, 'vendor', triple, place, program);
        if (await isExecutable(binary, platform)) return binary;
      }
    }
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

function tripleFits(triple: string, platform: NodeJS.Platform, arch: string): boolean {
  const cpu = arch === 'arm64' ? 'aarch64' : 'x86_64';
  const system = platform === 'win32' ? 'windows' : platform === 'darwin' ? 'apple' : 'linux';
  return triple.startsWith(cpu) && triple.includes(system);
}

async function isNodeScript(path: string): Promise<boolean> {
  if (/\.[cm]?js$/.test(path)) return true;
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /^#!.*\bnode\b/.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await file.close();
  }
}

async function packageRoot(script: string): Promise<string | null> {
  for (let at = dirname(script); dirname(at) !== at; at = dirname(at)) {
    try {
      const manifest: unknown = JSON.parse(await readFile(join(at, 'package.json'), 'utf8'));
      const named = typeof manifest === 'object' && manifest !== null && 'name' in manifest;
      if (named && manifest.name === '@openai/codex') return at;
    } catch {
      // no manifest here, or not one: further up
    }
  }
  return null;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
