import { expect, test } from 'vitest';
import { shellProgram } from './shell-program.ts';

test('a folder’s name ends no quotes: PowerShell takes the curly ones for plain', async () => {
  const { args } = await shellProgram('ls', "C:\\Bob’s; calc ‘‚‛ it's", {}, 'win32');
  expect(args.at(-1)?.split('\n')).toContain("Set-Location -LiteralPath 'C:\\Bob’’s; calc ‘‘‚‚‛‛ it''s'");
});

test.runIf(process.platform !== 'win32')('nor does it for a shell', async () => {
  const { args } = await shellProgram('ls', "/w/it's; x", {});
  expect(args.at(-1)).toContain("cd -- '/w/it'\\''s; x' ||");
});
