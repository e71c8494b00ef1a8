import { join } from 'node:path';
import { createLogger } from './core/logging/logger.ts';
import type { Logger } from './core/ports.ts';
import { exportDesk } from './headless/export-desk.ts';
import { type RunningHeadless, startHeadless } from './headless/start-headless.ts';
import { type HostOptions, readHostOptions } from './host-options.ts';
import { once } from './once.ts';
import { whenNpmIsGone } from './parent.ts';
import { installSafetyNet } from './safety-net.ts';
import { startProblem } from './start-problem.ts';

const folders = {
  rendererDir: join(import.meta.dirname, '../renderer'),
  resourcesDir: join(import.meta.dirname, '../../resources'),
};

try {
  const options = readHostOptions(process.argv.slice(2), process.env);
  const logger = createLogger({ level: 'info' });
  if (options.exportFile === null) await serve(options, logger);
  else exportDesk(options, options.exportFile, logger);
} catch (error) {
  // Whatever is still open must not keep a process alive that serves nobody.
  process.stderr.write(`patchbay: ${startProblem(error)}\n`, () => process.exit(1));
}

async function serve(options: HostOptions, logger: Logger): Promise<void> {
  let host: RunningHeadless | undefined;
  const stop = once(async () => {
    try {
      await host?.stop();
    } catch (error) {
      logger.error('The host did not stop in order.', { problem: error });
      process.exitCode = 1;
    }
    process.exit(); // with the code that the safety net may have set
  });
  installSafetyNet(logger, stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Started by another process over an IPC channel: when that one is gone, nobody is left to stop this one.
  process.on('disconnect', stop);
  whenNpmIsGone(stop);

  host = await startHeadless(options, folders, logger);
  const ready = {
    event: 'ready',
    webhookUrl: host.webhookUrl,
    publicUrl: options.publicUrl,
    uiUrl: host.uiUrl,
    pid: process.pid,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}
