import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'test/{architecture,tools,fakes,fixtures,bench}/**/*.test.ts'],
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
