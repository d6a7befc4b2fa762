import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { binaryOfPackage, binaryPlaces, launcherTargets, programBehind, ripgrepOfCodex } from './platform-binary.ts';
import { codexScript, programFolder } from './testing/program-folder.ts';

const native = (path: string): string => path.replaceAll('/', sep);

/** As npm 11, npm 6 and pnpm 10 write them. */
const npmCmd = `@ECHO off\r
GOTO start\r
:find_dp0\r
SET dp0=%~dp0\r
EXIT /b\r
:start\r
SETLOCAL\r
CALL :find_dp0\r
\r
IF EXIST "%dp0%\\node.exe" (\r
  SET "_prog=%dp0%\\node.exe"\r
) ELSE (\r
  SET "_prog=node"\r
  SET PATHEXT=%PATHEXT:;.JS;=;%\r
)\r
\r
endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r
`;
const oldNpmCmd = '@"%~dp0\\node.exe" "%~dp0\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r\n';
const npmPs1 = '& "$basedir/node$exe"  "$basedir/node_modules/@openai/codex/bin/codex.js" $args\n';
const pnpmSh =
  '#!/bin/sh\nbasedir=$(dirname "$0")\nexec node  "$basedir/global/5/node_modules/@openai/codex/bin/codex.js" "$@"\n';
const yarnCmd = '"%~dp0\\..\\Data\\global\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r\n';

test.each([
  ['npm’s batch file', npmCmd, ['/shims/node_modules/@openai/codex/bin/codex.js']],
  ['an old npm’s', oldNpmCmd, ['/shims/node_modules/@openai/codex/bin/codex.js']],
  ['npm’s PowerShell script', npmPs1, ['/shims/node_modules/@openai/codex/bin/codex.js']],
  ['pnpm’s shell script', pnpmSh, ['/shims/global/5/node_modules/@openai/codex/bin/codex.js']],
  ['one that leads up', yarnCmd, ['/Data/global/node_modules/@openai/codex/bin/codex.js']],
  ['another program’s', npmCmd.replaceAll('codex', 'other'), []],
  ['a word about it', 'echo @openai/codex/bin/codex.js', []],
])('%s', (_name, text, targets) => expect(launcherTargets(text, native('/shims'))).toEqual(targets.map(native)));

test.each([
  ['linux', 'x64', 'codex-linux-x64', ['x86_64-unknown-linux-musl', 'x86_64-unknown-linux-gnu'], 'codex'],
  ['linux', 'arm64', 'codex-linux-arm64', ['aarch64-unknown-linux-musl', 'aarch64-unknown-linux-gnu'], 'codex'],
  ['darwin', 'arm64', 'codex-darwin-arm64', ['aarch64-apple-darwin'], 'codex'],
  ['darwin', 'x64', 'codex-darwin-x64', ['x86_64-apple-darwin'], 'codex'],
  ['win32', 'x64', 'codex-win32-x64', ['x86_64-pc-windows-msvc'], 'codex.exe'],
  ['win32', 'arm64', 'codex-win32-arm64', ['aarch64-pc-windows-msvc'], 'codex.exe'],
] as const)('the places on %s %s', (platform, arch, name, triples, program) => {
  const root = native('/g/node_modules/@openai/codex');
  const own = [root, join(root, 'node_modules/@openai', name), join('/g/node_modules/@openai', name)].flatMap(
    (folder) =>
      triples.flatMap((triple) => ['bin', 'codex'].map((place) => join(folder, 'vendor', triple, place, program))),
  );
  const places = binaryPlaces(root, { platform, arch });
  expect(places.filter((path) => own.includes(path))).toEqual(own);
  expect(places.slice(0, own.length).every((path) => path.includes(triples[0].split('-')[0] ?? '?'))).toBe(true);
  const otherCpu = places.some((path) => path.includes(arch === 'x64' ? 'aarch64' : 'x86_64'));
  expect(otherCpu).toBe(platform !== 'linux');
});

test('the ripgrep that Codex brings lies beside its program', async () => {
  const program = await binaryOfPackage(
    join(import.meta.dirname, '../../node_modules/@openai/codex'),
    process.platform,
    process.arch,
  );
  if (program !== null) expect(ripgrepOfCodex(program).filter((path) => existsSync(path))).toHaveLength(1);
  expect(ripgrepOfCodex(native('/v/bin/codex.exe'))[0]).toBe(native('/v/codex-path/rg.exe'));
});

describe.skipIf(process.platform === 'win32')('on a real disk', () => {
  const folder = programFolder();
  const pack = (at: string): string => {
    folder.file(`${at}/node_modules/@openai/codex/package.json`, '{"name":"@openai/codex"}');
    folder.file(`${at}/node_modules/@openai/codex/bin/codex.js`, '#!/usr/bin/env node\n');
    return `${at}/node_modules/@openai`;
  };
  const exe = 'vendor/x86_64-pc-windows-msvc/bin/codex.exe';
  const elf = 'vendor/x86_64-unknown-linux-musl/bin/codex';
  const old = 'vendor/x86_64-unknown-linux-musl/codex/codex';

  test.each([
    ['a batch file of npm', 'n/codex.cmd', npmCmd, 'n', `codex-win32-x64/${exe}`],
    ['the same, of an old npm', 'n/codex.cmd', oldNpmCmd, 'n', `codex/node_modules/@openai/codex-win32-x64/${exe}`],
    ['a PowerShell script', 'n/codex.ps1', npmPs1, 'n', `codex-win32-x64/${exe}`],
    ['the layout of 0.117', 'n/codex.CMD', npmCmd, 'n', `codex-win32-x64/${exe.replace('/bin/', '/codex/')}`],
    ['a batch file of Yarn', 'n/bin/codex.cmd', yarnCmd, 'n/Data/global', `codex-win32-x64/${exe}`],
    ['x64 in an arm64 Windows', 'n/codex.cmd', npmCmd, 'n', `codex-win32-x64/${exe}`, 'arm64'],
  ])('Windows: %s leads to the program', async (_name, shim, text, at, binary, arch = 'x64') => {
    const path = folder.file(shim, text, 0o644);
    expect(await programBehind(path, 'win32', arch)).toBeNull();
    const beside = pack(at);
    expect(await programBehind(path, 'win32', arch)).toBeNull();
    const program = folder.file(`${beside}/${binary}`, 'MZ', 0o644);
    expect(await programBehind(path, 'win32', arch)).toBe(program);
  });

  test('Windows: a batch file that is no launcher of Codex has no program; an .exe is itself', async () => {
    expect(await programBehind(folder.file('codex.cmd', '@echo hi'), 'win32', 'x64')).toBeNull();
    const program = folder.file('codex.exe', 'MZ\0');
    expect(await programBehind(program, 'win32', 'x64')).toBe(program);
  });

  test.each([
    ['npm, the package beside it', 'lib/node_modules/@openai/codex/bin/codex.js', 'lib', `codex-linux-x64/${elf}`],
    [
      'npm, the package below',
      'lib/node_modules/@openai/codex/bin/codex.js',
      'lib',
      `codex/node_modules/@openai/codex-linux-x64/${elf}`,
    ],
    ['npm, 0.117', 'lib/node_modules/@openai/codex/bin/codex.js', 'lib', `codex-linux-x64/${old}`],
    ['0.117 in the package itself', 'lib/node_modules/@openai/codex/bin/codex.js', 'lib', `codex/${old}`],
    ['pnpm', 'codex', 'global/5', `codex-linux-x64/${elf}`],
  ])('elsewhere: %s', async (_name, path, at, binary) => {
    const beside = pack(at);
    const full = path === 'codex' ? folder.file(path, pnpmSh) : folder.at(path);
    expect(await programBehind(full, 'linux', 'x64')).toBeNull();
    const program = folder.file(`${beside}/${binary}`, codexScript('1.0.0'));
    expect(await programBehind(full, 'linux', 'x64')).toBe(program);
  });

  test('a script of the user’s own is a program, whatever it starts', async () => {
    const shell = folder.file('codex', '#!/bin/sh\nexec /opt/codex "$@"\n');
    expect(await programBehind(shell, 'linux', 'x64')).toBe(shell);
    const node = folder.file('other', '#!/usr/bin/env node\n');
    expect(await programBehind(node, 'linux', 'x64')).toBe(node);
  });
});
