/** How every Chromium of the tests is started, on both hosts. */
export const chromiumFlags = [
  // Chromium's sandbox refuses root, as in a container; the pages are Patchbay's own.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
