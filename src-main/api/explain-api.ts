import { implement } from '@orpc/server';
import { contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { DeskFileError } from '../core/desk/parse-desk-file.ts';
import { LogLineError } from '../core/routing/replay-service.ts';
import { UnknownIntegrationError } from '../core/routing/route-service.ts';
import { orNotFound } from './explained.ts';

/** The part of `routing` that explains decisions, past and to come. */
export function explainHandlers(core: Pick<Core, 'explainRoute' | 'explainCall' | 'coverageOf' | 'replays'>) {
  const os = implement(contract);
  return {
    explain: os.routing.explain.handler(({ input, errors }) =>
      orNotFound(errors, UnknownIntegrationError, () => core.explainRoute(input)),
    ),
    explainCall: os.routing.explainCall.handler(async ({ input, errors }) => {
      const explanation = await orNotFound(errors, UnknownIntegrationError, () => core.explainCall(input.id));
      if (explanation !== undefined) return explanation;
      throw errors.NOT_FOUND({ message: 'nothing was decided about this call' });
    }),
    coverage: os.routing.coverage.handler(({ input, errors }) =>
      orNotFound(errors, UnknownIntegrationError, () => core.coverageOf(input.integrationId, input.from)),
    ),
    replay: os.routing.replay.handler(({ input, errors }) => {
      try {
        return core.replays.replay(input);
      } catch (thrown) {
        if (thrown instanceof DeskFileError || thrown instanceof LogLineError) {
          throw errors.REFUSED({ message: thrown.message, data: { problems: thrown.message.split('\n') } });
        }
        throw thrown;
      }
    }),
    exportLog: os.routing.exportLog.handler(({ input }) => ({ log: core.replays.exportLog(input.last) })),
  };
}
