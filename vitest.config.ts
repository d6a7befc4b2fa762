import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'test/{architecture,tools,fakes,bench}/**/*.test.{ts,mjs}'],
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'webview',
          environment: 'happy-dom',
          include: ['webview/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});
