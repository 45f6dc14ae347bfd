import { defineConfig } from "vitest/config";

const MINUTES = 60_000;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/support/images.ts"],
          testTimeout: 5 * MINUTES,
          hookTimeout: 5 * MINUTES,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/support/images.ts"],
          testTimeout: 3 * MINUTES,
          hookTimeout: 3 * MINUTES,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/support/images.ts"],
          testTimeout: 5 * MINUTES,
          hookTimeout: 5 * MINUTES,
          maxWorkers: 1,
          // Alone and last: Chromium breaks off what it is loading when a network comes or goes on the machine
          // (net::ERR_NETWORK_CHANGED), as networks of other tests do all the time.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
