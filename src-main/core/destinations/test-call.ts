import { setTimeout } from 'node:timers/promises';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { messageOf, ProblemError } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { isCallOver } from '../twilio/call-status.ts';
import { explainCode, problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import type { CallSighting } from './judge-call.ts';

/** How a test call is watched; a test sets its own time. */
export interface Pacing {
  pollEveryMs: number;
  /** A call that is not over by then is hung up. */
  patienceMs: number;
  wait(ms: number): Promise<void>;
}

/** Longer than voicemails wait, so that the test meets them. */
const ringSeconds = 55;

/** From being picked up. Whatever happens to Patchbay meanwhile, Twilio ends the call by itself. */
const longestCallSeconds = 60;

/** For Twilio to begin and to end a call; it may let a phone ring 5 s longer than it was told. */
const slackSeconds = 15;

export const unhurried: Pacing = {
  pollEveryMs: 1_000,
  patienceMs: (ringSeconds + longestCallSeconds + slackSeconds) * 1_000,
  wait: (ms) => setTimeout(ms, undefined, { ref: false }),
};

/** A person who says hello is told from a machine in a few seconds; without a verdict the call goes on all the same. */
const machineDetectionSeconds = 15;

/** Looks for why a call failed: Twilio notes it a moment after the call. */
const looksForWhy = 3;

/** Between two looks that are further apart than this it is not known when something happened. */
const sharpMs = 3_000;

export interface TestCallDeps {
  twilio: TwilioRest;
  clock: Clock;
  logger: Logger;
  pacing: Pacing;
}

/** Has Twilio ring a number. @returns the call's SID. @throws TwilioRequestError */
export async function placeTestCall(
  twilio: TwilioRest,
  { to, from, twiml }: { to: string; from: string; twiml: string },
): Promise<string> {
  const { sid } = await twilio.ask((client) =>
    client.calls.create({
      to,
      from,
      twiml,
      timeout: ringSeconds,
      timeLimit: longestCallSeconds,
      machineDetection: 'Enable',
      machineDetectionTimeout: machineDetectionSeconds,
    }),
  );
  return sid;
}

export interface Watch {
  callSid: string;
  /** Resolves when a key was pressed. */
  key: Promise<void>;
  keyAudible: boolean;
  /** Resolves when Patchbay stops. */
  stopped: Promise<void>;
  onStep: (says: string) => void;
}

/**
 * Looks at a test call until it is over, a key was pressed or the time is up. A lost network is waited out: the call is
 * looked for again, and never placed again.
 * @returns null when the network stayed away, so that the call's end was not seen
 * @throws ProblemError when Patchbay stops meanwhile
 */
export async function watchTestCall(deps: TestCallDeps, watch: Watch): Promise<CallSighting | null> {
  const { twilio, clock, pacing } = deps;
  const { callSid, onStep } = watch;
  const givesUpAt = clock.now() + pacing.patienceMs;
  const seen = new Seen(watch.keyAudible, clock.now());
  let isStopped = false;
  const interrupted = Promise.race([
    watch.key.then(() => seen.keyPressed()),
    watch.stopped.then(() => {
      isStopped = true;
    }),
  ]);
  for (;;) {
    const look = twilio
      .ask((client) => client.calls(callSid).fetch())
      .then(
        ({ status, answeredBy }) => seen.saw(status, answeredBy || null, clock.now()),
        (thrown: unknown) => seen.lostSight(problemOf(thrown)),
      );
    await Promise.race([look, interrupted]);
    for (const says of seen.news()) onStep(says);
    if (isStopped) throw new ProblemError(stoppedMeanwhile);
    if (seen.isOver()) break;
    if (clock.now() >= givesUpAt) {
      await hangUp(deps, callSid);
      break;
    }
    await Promise.race([pacing.wait(pacing.pollEveryMs), interrupted]);
  }
  const sighting = seen.sighting();
  if (sighting === null || sighting.status !== 'failed' || sighting.keyPressed) return sighting;
  return { ...sighting, problem: await whyItFailed(deps, callSid) };
}

/** What the looks at one call add up to. Times are Unix milliseconds. */
class Seen {
  readonly #keyAudible: boolean;
  #lookedAt: number;
  #status = 'queued';
  #answeredBy: string | null = null;
  /** Null: not yet, or nobody looked just then. */
  #ringingFrom: number | null = null;
  #ringingTo: number | null = null;
  #keyPressed = false;
  #isLost = false;
  #news: string[] = [];

  constructor(keyAudible: boolean, placedAt: number) {
    this.#keyAudible = keyAudible;
    this.#lookedAt = placedAt;
  }

  saw(status: string, answeredBy: string | null, now: number): void {
    const changedAt = now - this.#lookedAt <= sharpMs ? now : null;
    this.#lookedAt = now;
    this.#isLost = false;
    this.#answeredBy = answeredBy ?? this.#answeredBy;
    if (status === this.#status) return;
    if (this.#status === 'ringing') this.#ringingTo = changedAt;
    this.#status = status;
    if (status === 'ringing') {
      this.#ringingFrom = changedAt;
      this.#news.push('The phone rings.');
    }
    if (status === 'in-progress') {
      this.#news.push(
        this.#keyAudible ? 'Picked up: press any key when the voice asks for it.' : 'Picked up.',
      );
    }
  }

  lostSight({ says }: Problem): void {
    if (!this.#isLost) this.#news.push(`${says} The call is looked for again.`);
    this.#isLost = true;
  }

  keyPressed(): void {
    this.#keyPressed = true;
    this.#news.push('A key was pressed.');
  }

  news(): string[] {
    return this.#news.splice(0);
  }

  isOver(): boolean {
    return this.#keyPressed || isCallOver(this.#status);
  }

  /** Null: how the call goes on, or went on, is not known. */
  sighting(): CallSighting | null {
    if (this.#isLost && !this.#keyPressed) return null;
    const from = this.#ringingFrom;
    const to = this.#ringingTo;
    return {
      status: this.#status,
      answeredBy: this.#answeredBy,
      keyPressed: this.#keyPressed,
      keyAudible: this.#keyAudible,
      rangForSeconds: from === null || to === null ? null : (to - from) / 1000,
      problem: null,
    };
  }
}

async function hangUp({ twilio, logger }: TestCallDeps, callSid: string): Promise<void> {
  try {
    await twilio.ask((client) => client.calls(callSid).update({ status: 'completed' }));
  } catch (thrown) {
    // It may be over already; else Twilio ends it when its longest time is over.
    logger.warn('A test call could not be hung up', { callSid, problem: messageOf(thrown) });
  }
}

/**
 * A call has no error code of its own: Twilio notes it beside the call, or in the debugger. Null: neither tells.
 * Never rejects.
 */
export async function whyItFailed(deps: TestCallDeps, callSid: string): Promise<Problem | null> {
  const { twilio, logger, pacing } = deps;
  try {
    for (let look = 1; ; look++) {
      const code = await noted(twilio, callSid);
      if (code !== undefined) return explainCode(code);
      if (look === looksForWhy) return null;
      await pacing.wait(pacing.pollEveryMs);
    }
  } catch (thrown) {
    logger.warn('Why a test call failed could not be looked up', { callSid, problem: messageOf(thrown) });
    return null;
  }
}

/** The first error code that Twilio notes about a call. @throws TwilioRequestError */
async function noted(twilio: TwilioRest, callSid: string): Promise<number | undefined> {
  const codeOf = (note: { errorCode: string } | undefined) => note && Number(note.errorCode);
  const hasCode = ({ errorCode }: { errorCode: string }) => Number(errorCode) > 0;
  const notes = await twilio.ask((client) => client.calls(callSid).notifications.list({ limit: 20 }));
  const note = notes.find(hasCode);
  if (note !== undefined) return codeOf(note);
  const alerts = await twilio.ask((client) => client.monitor.v1.alerts.list({ limit: 50 }));
  return codeOf(alerts.find((alert) => alert.resourceSid === callSid && hasCode(alert)));
}

const stoppedMeanwhile: Problem = {
  code: null,
  status: null,
  says: 'Patchbay was stopped during the test call.',
  remedy: 'Test again.',
  link: null,
};
