import { defineConfig } from 'vitest/config';

/** No test is about speed: a machine that builds an image beside them is slow, not wrong. */
const patient = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: 'server',
          include: ['src/**/*.spec.ts', '../iso-build/*.spec.ts', '../iso-build/lib/*.spec.ts'],
          ...patient,
        },
      },
      { test: { name: 'web', root: 'web', include: ['src/**/*.spec.ts', 'src/**/*.spec.tsx'], ...patient } },
      { test: { name: 'appliance', root: 'appliance', include: ['src/**/*.spec.ts'], ...patient } },
      { test: { name: 'smoke', root: 'test', include: ['smoke/**/*.e2e.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          root: 'test',
          include: ['e2e/**/*.e2e.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
