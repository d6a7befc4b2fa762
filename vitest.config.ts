import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One more than there are cores: much of the time goes by waiting for real programs.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          // A busy machine with a slow disk is no failure; what hangs still ends.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['src/**/*.test.ts', 'test/{architecture,tools,fakes,bench,gallery,signoff}/**/*.test.{ts,mjs}'],
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'webview',
          environment: 'happy-dom',
          testTimeout: 60_000,
          include: ['webview/**/*.test.{ts,tsx}'],
          setupFiles: ['webview/testing/english.ts'],
        },
      },
    ],
  },
});
