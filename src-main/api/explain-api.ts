import { implement } from '@orpc/server';
import { contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { DeskFileError } from '../core/desk/parse-desk-file.ts';
import { LogLineError } from '../core/routing/replay-service.ts';
import { UnknownIntegrationError } from '../core/routing/route-service.ts';

/** The part of `routing` that explains decisions, past and to come. */
export function explainHandlers(core: Pick<Core, 'explainRoute' | 'explainCall' | 'coverageOf' | 'replays'>) {
  const os = implement(contract);
  return {
    explain: os.routing.explain.handler(({ input, errors }) => {
      try {
        return core.explainRoute(input);
      } catch (thrown) {
        if (thrown instanceof UnknownIntegrationError) throw errors.NOT_FOUND({ message: thrown.message });
        throw thrown;
      }
    }),
    explainCall: os.routing.explainCall.handler(({ input, errors }) => {
      try {
        const explanation = core.explainCall(input.id);
        if (explanation !== undefined) return explanation;
      } catch (thrown) {
        if (thrown instanceof UnknownIntegrationError) throw errors.NOT_FOUND({ message: thrown.message });
        throw thrown;
      }
      throw errors.NOT_FOUND({ message: 'nothing was decided about this call' });
    }),
    coverage: os.routing.coverage.handler(({ input, errors }) => {
      try {
        return core.coverageOf(input.integrationId, input.from);
      } catch (thrown) {
        if (thrown instanceof UnknownIntegrationError) throw errors.NOT_FOUND({ message: thrown.message });
        throw thrown;
      }
    }),
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
