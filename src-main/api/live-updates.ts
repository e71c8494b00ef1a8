import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';

/**
 * The open calls as a stream: a snapshot, then every update. At most `limit` updates wait for a slow reader;
 * past that they are dropped and the reader gets a fresh snapshot, which contains them.
 *
 * Ends, and unsubscribes, when `signal` aborts or the reader returns.
 */
export async function* liveUpdates(
  core: Pick<Core, 'openCalls' | 'subscribe'>,
  signal: AbortSignal | undefined,
  limit = 1000,
): AsyncGenerator<LiveUpdate, void> {
  let waiting: LiveUpdate[] = [];
  let snapshotDue = true;
  let wake = () => {};

  const unsubscribe = core.subscribe((update) => {
    if (snapshotDue) return;
    if (waiting.length >= limit) {
      waiting = [];
      snapshotDue = true;
    } else {
      waiting.push(update);
    }
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);

  try {
    while (signal?.aborted !== true) {
      if (snapshotDue) {
        snapshotDue = false;
        yield { kind: 'snapshot', calls: core.openCalls() };
      } else if (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        yield* batch;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', onAbort);
  }
}
