import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const SHARED = ['test/*.test.ts'];

const node: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: 'node', include: [...SHARED, 'test/node/**/*.test.ts', 'test/web/**/*.test.ts'] },
};

const chromium: TestProjectInlineConfiguration = {
  extends: true,
  // Named here so that Vite bundles them before the first page opens: finding one later reloads the page mid-test.
  optimizeDeps: {
    include: [
      '@assemblyscript/loader',
      '@bufbuild/protobuf/wire',
      'd3-array',
      'd3-contour',
      'fast-check',
      'fflate',
      'h5wasm',
      'papaparse',
      'preact/jsx-runtime',
    ],
  },
  test: {
    include: [...SHARED, 'test/browser/**/*.test.ts'],
    globalSetup: ['test/setup/chromium.ts'],
    browser: {
      enabled: true,
      headless: true,
      // Replaced by test/setup/chromium.ts, which looks for a browser only when this project has tests to run.
      provider: playwright(),
      instances: [{ browser: 'chromium', name: 'chromium' }],
      api: { host: '127.0.0.1' },
      screenshotFailures: false,
      ui: false,
    },
  },
};

export default defineConfig({
  test: {
    projects: [node, chromium],
    globalSetup: ['test/setup/node-digests.ts'],
    // For the O(n³) references in plain TypeScript on a loaded machine; Vitest's default is 5 s.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
