import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'compat',
    environment: 'node',
    root: import.meta.dirname,
    include: ['**/*.compat.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
