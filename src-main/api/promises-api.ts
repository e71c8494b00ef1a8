import { implement } from '@orpc/server';
import { contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { UnknownPromiseError } from '../core/promises/promise-service.ts';
import { explainedSteps, orNotFound } from './explained.ts';
import { withProgress } from './with-progress.ts';

/** The call backs that callers were promised. */
export function promisesApi({ promises }: Pick<Core, 'promises'>) {
  const os = implement(contract);
  return {
    promises: os.promises.router({
      list: os.promises.list.handler(({ input }) => promises.list(input.limit)),
      counts: os.promises.counts.handler(({ input }) => promises.counts(input.since)),
      callBack: os.promises.callBack.handler(async function* ({ input, errors }) {
        try {
          yield* explainedSteps(
            errors,
            withProgress((onStep) => promises.callBack(input.id, input.phone, onStep)),
          );
        } catch (thrown) {
          throw thrown instanceof UnknownPromiseError
            ? errors.NOT_FOUND({ message: thrown.message })
            : thrown;
        }
      }),
      mark: os.promises.mark.handler(({ input, errors }) =>
        orNotFound(errors, UnknownPromiseError, () => promises.mark(input.id)),
      ),
    }),
  };
}
