import { randomBytes } from 'node:crypto';
import type { PlacedCall } from './placed-call.ts';
import type { TwimlElement } from './twiml.ts';

/** Twilio's defaults for `<Record>`; script seconds. */
const defaults = { timeout: 5, maxLength: 3600, finishOnKey: '1234567890*#' };

/** A `<Record>` in progress, as the caller meets it. */
export class Recording {
  readonly #finishOnKey: string;
  readonly #changed: () => void;
  #words: string[] = [];
  #key: string | undefined;

  constructor(finishOnKey: string, changed: () => void) {
    this.#finishOnKey = finishOnKey;
    this.#changed = changed;
  }

  get words(): readonly string[] {
    return this.#words;
  }

  /** The key that ended it. */
  get key(): string | undefined {
    return this.#key;
  }

  hear(words: string): void {
    this.#words.push(words);
    this.#changed();
  }

  press(digit: string): void {
    if (this.#finishOnKey.includes(digit)) this.#key ??= digit;
    this.#changed();
  }
}

/**
 * Records the caller until a key, a silence, the longest time or the end of the call.
 * @returns the parameters for its action; undefined when nothing was recorded: Twilio goes on in the document then.
 */
export async function record(
  call: PlacedCall,
  verb: TwimlElement,
): Promise<Record<string, string> | undefined> {
  const timeout = Number(verb.attributes.timeout ?? defaults.timeout);
  const maxLength = Number(verb.attributes.maxLength ?? defaults.maxLength);
  const startedAt = call.time.now();
  const recording = new Recording(verb.attributes.finishOnKey ?? defaults.finishOnKey, () =>
    call.watch.notify(),
  );
  call.enter({ at: 'recording', recording });
  call.trace.add('twilio', 'records');
  const until = call.time.toMs(maxLength);
  const { stop } = call;
  while (!stop.aborted && recording.key === undefined && call.time.now() - startedAt < until) {
    const heard = recording.words.length;
    const more = await call.watch.until(() => recording.words.length > heard || recording.key !== undefined, {
      timeoutMs: call.time.toMs(call.callerIsSpeaking ? maxLength : timeout),
      signal: stop,
    });
    if (!more && !call.callerIsSpeaking) break;
  }
  if (recording.words.length === 0) {
    call.trace.add('twilio', 'recorded nothing');
    return undefined;
  }
  const seconds = Math.max(1, call.time.toSeconds(call.time.now() - startedAt));
  const sid = `RE${randomBytes(16).toString('hex')}`;
  const url = `https://api.twilio.com/2010-04-01/Accounts/${call.line.account.sid}/Recordings/${sid}`;
  call.line.keepRecording?.({ sid, seconds });
  call.trace.add('caller', `left a message: "${recording.words.join(' ')}"`);
  const facts = { RecordingUrl: url, RecordingSid: sid, RecordingDuration: String(seconds) };
  const callback = verb.attributes.recordingStatusCallback;
  if (callback !== undefined) {
    call.inBackground(
      call.line.webhooks
        .send(call.resolve(callback), {
          method: verb.attributes.recordingStatusCallbackMethod === 'GET' ? 'GET' : 'POST',
          params: {
            AccountSid: call.line.account.sid,
            CallSid: call.callSid,
            RecordingStatus: 'completed',
            RecordingChannels: '1',
            RecordingSource: 'RecordVerb',
            ...facts,
          },
          idempotencyToken: sid,
        })
        .then(() => undefined),
    );
  }
  const digits = call.over.aborted ? 'hangup' : recording.key;
  return { ...facts, ...(digits === undefined ? {} : { Digits: digits }) };
}
