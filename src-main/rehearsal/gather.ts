import { announce } from './announce.ts';
import type { PlacedCall } from './placed-call.ts';
import type { TwimlElement } from './twiml.ts';

/** Twilio waits this long for a key by default (`<Gather timeout>`); script seconds. */
const defaultTimeout = 5;

/**
 * Plays what stands in a `<Gather>` and collects keys or speech.
 * @returns the parameters for its action; undefined when nothing came and the document goes on.
 */
export async function gather(
  call: PlacedCall,
  verb: TwimlElement,
): Promise<Record<string, string> | undefined> {
  const keys = new KeyCollector(verb);
  const takesSpeech = (verb.attributes.input ?? 'dtmf').includes('speech');
  let speech: string | undefined;
  let inputs = 0;
  const done = new AbortController();
  call.enter({
    at: 'gathering',
    hear: (input) => {
      if ('digit' in input) keys.press(input.digit);
      else if (takesSpeech) speech = input.speech;
      inputs += 1;
      if (keys.isComplete || speech !== undefined) done.abort();
      call.watch.notify();
    },
  });
  const stop = AbortSignal.any([call.stop, done.signal]);
  for (const child of verb.children) await announce(call, child, stop);
  // The time-out begins anew with each key, and a caller who speaks is waited for.
  for (let heard = -1; heard < inputs && !stop.aborted; ) {
    heard = inputs;
    await untilOrTimeout(call, () => inputs > heard, keys.timeout, stop);
    await call.watch.until(() => !call.callerIsSpeaking, { signal: stop });
  }
  if (call.stop.aborted) return undefined;
  if (speech !== undefined) {
    call.trace.add('twilio', `gathered "${speech}"`);
    return { SpeechResult: speech, Confidence: '0.95' };
  }
  if (keys.digits === '' && verb.attributes.actionOnEmptyResult !== 'true') return undefined;
  call.trace.add('twilio', `gathered ${keys.digits || 'nothing'}`);
  return { Digits: keys.digits };
}

/** Waits on the line's own clock, so that a test which moves it by hand moves this too. Script seconds. */
async function untilOrTimeout(
  call: PlacedCall,
  condition: () => boolean,
  seconds: number,
  stop: AbortSignal,
): Promise<void> {
  const settled = new AbortController();
  const until = call.watch.until(condition, { signal: AbortSignal.any([stop, settled.signal]) });
  const timeOut = call.time.sleep(seconds, AbortSignal.any([stop, settled.signal]));
  await Promise.race([until, timeOut]);
  settled.abort();
}

/** Collects key presses until there are enough, as the attributes of a `<Gather>` say. */
export class KeyCollector {
  /** How long Twilio waits for the next key; script seconds. */
  readonly timeout: number;
  readonly #numDigits: number;
  readonly #finishOnKey: string;
  #digits = '';
  #finished = false;

  constructor(verb: TwimlElement) {
    this.timeout = Number(verb.attributes.timeout ?? defaultTimeout);
    this.#numDigits = Number(verb.attributes.numDigits ?? Number.POSITIVE_INFINITY);
    this.#finishOnKey = verb.attributes.finishOnKey ?? '#';
  }

  get digits(): string {
    return this.#digits;
  }

  get isComplete(): boolean {
    return this.#finished;
  }

  press(digits: string): void {
    for (const digit of digits) {
      if (this.#finished) return;
      if (digit === this.#finishOnKey) this.#finished = true;
      else this.#digits += digit;
      this.#finished ||= this.#digits.length >= this.#numDigits;
    }
  }
}
