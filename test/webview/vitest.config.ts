import { defineConfig } from 'vitest/config';

// The chat page alone in a real browser. Needs `npm run build` before; apart from the unit tests, which need neither.
export default defineConfig({
  test: {
    name: 'webview-page',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes at once, but not on a machine that does other things, too.
    expect: { poll: { timeout: 5000 } },
    // Each has a browser of its own, which draws on a core of its own.
    maxWorkers: 2,
  },
});
