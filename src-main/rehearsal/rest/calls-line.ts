import { Conferences } from '../conference.ts';
import type { LineContext } from '../placed-call.ts';
import { ScriptTime } from '../script-time.ts';
import { WebhookClient } from '../webhook-client.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';

/** An address of this machine at which nobody listens. */
export const nowhere = 'http://127.0.0.1:1';

export interface LineForOptions {
  /** Absent: as fast as the clock. */
  time?: ScriptTime | undefined;
  /** Where Patchbay listens; absent: it is gone. */
  webhookUrl?: string | undefined;
  /** Absent: the listener's own address. */
  publicUrl?: string | undefined;
}

/** The line that the calls of an account run on: its numbers, its hosted pages, its error log. */
export function lineFor(account: RehearsalAccount, options: LineForOptions = {}): LineContext {
  const webhookUrl = options.webhookUrl ?? nowhere;
  const time = options.time ?? new ScriptTime(1);
  return {
    account,
    webhooks: new WebhookClient({
      webhookUrl,
      publicUrl: options.publicUrl ?? webhookUrl,
      authToken: () => account.authToken,
      hosted: account.serverless,
    }),
    time,
    conferences: new Conferences(),
    get ownNumbers() {
      const own = [...account.numbers, ...account.verifiedCallerIds];
      return new Set(own.map(({ phoneNumber }) => phoneNumber));
    },
    configurationOf: (number) => account.numbers.find(({ phoneNumber }) => phoneNumber === number),
    keepRecording: (recording) => account.recordings.set(recording.sid, { ...recording, asked: 0 }),
    report: (alert) => account.addAlert({ ...alert, at: time.date().getTime() }),
  };
}
