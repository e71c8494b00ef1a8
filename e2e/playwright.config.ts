import { defineConfig } from '@playwright/test';
import type { HostOptions } from './fixtures/hosts.ts';

export default defineConfig<HostOptions>({
  testDir: './specs',
  outputDir: '../test-results',
  globalSetup: './ensure-chromium.ts',
  // Each test starts an app of its own; two at once are what a small machine carries without becoming slow.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./fixtures/host-report.ts']],
  projects: [
    { name: 'headless', use: { host: 'headless' }, testIgnore: '**/desktop-only/**' },
    { name: 'desktop', use: { host: 'desktop' }, testIgnore: '**/headless-only/**' },
  ],
});
