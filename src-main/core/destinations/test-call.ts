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

export const unhurried: Pacing = {
  pollEveryMs: 1_000,
  patienceMs: 75_000,
  wait: (ms) => setTimeout(ms, undefined, { ref: false }),
};

/** Longer than voicemails wait, so that the test meets them. */
const ringSeconds = 55;

/** Whatever happens to Patchbay meanwhile, Twilio ends the call by itself. */
const longestCallSeconds = 60;

/** A person who says hello is told from a machine in a few seconds; without a verdict the call goes on all the same. */
const machineDetectionSeconds = 15;

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
 * @throws ProblemError when Patchbay stops meanwhile
 */
export async function watchTestCall(deps: TestCallDeps, watch: Watch): Promise<CallSighting> {
  const { twilio, clock, pacing } = deps;
  const { callSid, onStep } = watch;
  const givesUpAt = clock.now() + pacing.patienceMs;
  const seen = new Seen(watch.keyAudible);
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
  if (sighting.status !== 'failed' || sighting.keyPressed) return sighting;
  return { ...sighting, problem: await whyItFailed(deps, callSid) };
}

/** What the looks at one call add up to. */
class Seen {
  readonly #keyAudible: boolean;
  #status = 'queued';
  #answeredBy: string | null = null;
  #ringingAt: number | null = null;
  #pickedUpAt: number | null = null;
  #keyPressed = false;
  #lost: Problem | null = null;
  #news: string[] = [];

  constructor(keyAudible: boolean) {
    this.#keyAudible = keyAudible;
  }

  saw(status: string, answeredBy: string | null, now: number): void {
    this.#lost = null;
    this.#answeredBy = answeredBy ?? this.#answeredBy;
    if (status === this.#status) return;
    this.#status = status;
    if (status === 'ringing') {
      this.#ringingAt ??= now;
      this.#news.push('The phone rings.');
    }
    if (status === 'in-progress') {
      this.#pickedUpAt ??= now;
      this.#news.push(
        this.#keyAudible ? 'Picked up: press any key when the voice asks for it.' : 'Picked up.',
      );
    }
  }

  lostSight(problem: Problem): void {
    if (this.#lost === null) this.#news.push(`${problem.says} The call is looked for again.`);
    this.#lost = problem;
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

  sighting(): CallSighting {
    const rangFor =
      this.#ringingAt === null || this.#pickedUpAt === null ? null : this.#pickedUpAt - this.#ringingAt;
    return {
      status: this.#lost === null ? this.#status : 'unreachable',
      answeredBy: this.#answeredBy,
      keyPressed: this.#keyPressed,
      keyAudible: this.#keyAudible,
      pickedUpAfterSeconds: rangFor === null ? null : rangFor / 1000,
      problem: this.#lost,
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
export async function whyItFailed(
  { twilio, logger }: Pick<TestCallDeps, 'twilio' | 'logger'>,
  callSid: string,
): Promise<Problem | null> {
  try {
    const notes = await twilio.ask((client) => client.calls(callSid).notifications.list({ limit: 20 }));
    const note = notes.find(({ errorCode }) => Number(errorCode) > 0);
    if (note !== undefined) return explainCode(Number(note.errorCode));
    const alerts = await twilio.ask((client) => client.monitor.v1.alerts.list({ limit: 50 }));
    const alert = alerts.find(
      ({ resourceSid, errorCode }) => resourceSid === callSid && Number(errorCode) > 0,
    );
    return alert === undefined ? null : explainCode(Number(alert.errorCode));
  } catch (thrown) {
    logger.warn('Why a test call failed could not be looked up', { callSid, problem: messageOf(thrown) });
    return null;
  }
}

const stoppedMeanwhile: Problem = {
  code: null,
  status: null,
  says: 'Patchbay was stopped during the test call.',
  remedy: 'Test again.',
  link: null,
};
