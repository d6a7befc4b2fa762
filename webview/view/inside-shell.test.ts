import { expect, test } from 'vitest';
import { insideShell } from './inside-shell.ts';

test.each([
  ["/bin/bash -lc 'npm test -- dates'", 'npm test -- dates'],
  ["/bin/bash -c 'cat src/dates.js'", 'cat src/dates.js'],
  ['/bin/bash -lc true', 'true'],
  ["zsh -lc 'a\nb'", 'a\nb'],
  // Quotes inside quotes: not taken apart by guess.
  [`/bin/bash -lc 'echo '\\''x'\\'''`, `/bin/bash -lc 'echo '\\''x'\\'''`],
  ['/bin/bash -lc "echo $HOME"', '/bin/bash -lc "echo $HOME"'],
  ["/bin/bash -lc 'a' 'b'", "/bin/bash -lc 'a' 'b'"],
  ['npm test', 'npm test'],
  ['bash', 'bash'],
])('%s', (command, shown) => {
  expect(insideShell(command)).toBe(shown);
});
