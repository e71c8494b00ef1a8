import { implement } from '@orpc/server';
import { contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { lintAnswer } from '../core/webhooks/dialects/lint-answer.ts';
import { explained } from './explained.ts';

/** The part of `routing` that is about other platforms: their transfers, their answers, their keys. */
export function transferHandlers(core: Pick<Core, 'listTransfers' | 'listPlatformCalls' | 'setRetellKey'>) {
  const os = implement(contract);
  return {
    transfers: os.routing.transfers.handler(({ input }) => core.listTransfers(input)),
    platformCalls: os.routing.platformCalls.handler(({ input }) => core.listPlatformCalls(input)),
    lintAnswer: os.routing.lintAnswer.handler(({ input }) => lintAnswer(input.dialect, input.text)),
    setRetellKey: os.routing.setRetellKey.handler(({ input, errors }) =>
      explained(errors, async () => {
        core.setRetellKey(input.key);
        return {};
      }),
    ),
  };
}
