import { implement } from '@orpc/server';
import { type AppStatus, contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { DeskFileError } from '../core/desk/parse-desk-file.ts';
import type { RehearsalService } from '../rehearsal/rehearsal-service.ts';
import { liveUpdates } from './live-updates.ts';

export interface ApiParts {
  core: Core;
  /** Null when Patchbay works with Twilio itself. */
  rehearsal: RehearsalService | null;
  host: AppStatus['host'];
  version: string;
  /** Whether there are credentials of a Twilio account. */
  hasTwilioAccount: () => boolean;
}

export type Api = ReturnType<typeof createApi>;

/** Implements the contract for the UI; the same under both hosts. */
export function createApi({ core, rehearsal, host, version, hasTwilioAccount }: ApiParts) {
  const os = implement(contract);

  const twilio = (): AppStatus['twilio'] => {
    if (rehearsal !== null) return 'rehearsal';
    return hasTwilioAccount() ? 'connected' : 'not-connected';
  };

  return os.router({
    app: {
      status: os.app.status.handler(() => ({
        ...core.status(),
        host,
        version,
        rehearsal: rehearsal !== null,
        twilio: twilio(),
      })),
    },
    calls: {
      list: os.calls.list.handler(({ input }) => core.listCalls(input)),
      get: os.calls.get.handler(({ input, errors }) => {
        const detail = core.getCall(input.id);
        if (detail === undefined) throw errors.NOT_FOUND();
        return detail;
      }),
      live: os.calls.live.handler(({ signal }) => liveUpdates(core, signal)),
    },
    desk: {
      export: os.desk.export.handler(() => ({ yaml: core.exportDesk() })),
      apply: os.desk.apply.handler(({ input, errors }) => {
        try {
          return core.applyDesk(input.yaml);
        } catch (error) {
          if (!(error instanceof DeskFileError)) throw error;
          throw errors.REFUSED({ data: { problems: error.message.split('\n') } });
        }
      }),
    },
    rehearsal: {
      scripts: os.rehearsal.scripts.handler(() => rehearsal?.scripts() ?? []),
      loadPracticeDesk: os.rehearsal.loadPracticeDesk.handler(),
      place: os.rehearsal.place.handler(),
    },
  });
}
