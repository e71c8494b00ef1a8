import type { Progress } from '../../src-preload/contract/progress.ts';

/** Turns work that reports its steps into a stream of them that ends with the result. The work goes on when nobody reads. */
export async function* withProgress<T>(
  work: (onStep: (says: string) => void) => Promise<T>,
): AsyncGenerator<Progress<T>, void> {
  const waiting: Progress<T>[] = [];
  let wake = () => {};
  let isOver = false;
  const done = work((says) => {
    waiting.push({ kind: 'step', says });
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // Awaited below; a reader that leaves early must not make it an unhandled rejection.
  done.catch(() => {});
  while (!isOver || waiting.length > 0) {
    yield* waiting.splice(0);
    if (!isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isOver || waiting.length > 0) resolve();
      });
    }
  }
  yield { kind: 'done', result: await done };
}
