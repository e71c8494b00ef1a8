import { assertNever } from '../core/errors.ts';
import type { CallerStep, CallMoment } from './call-plan.ts';
import type { PlacedCall } from './placed-call.ts';

/** How long a caller waits for a moment to come, and puts up with an AI that says nothing; real milliseconds. */
const patienceMs = 25_000;
/** A caller who has nothing more to say hangs up after this much silence: script seconds, but at least these milliseconds. */
const silence = { seconds: 15, atLeastMs: 6_000 };
/** Between the AI's last word and the caller's first; script seconds. */
const breathSeconds = 0.6;

/** The caller does what the script says, step by step, and then stays on the line until somebody hangs up. */
export async function act(call: PlacedCall, steps: readonly CallerStep[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (call.over.aborted) {
      if (call.situation.at === 'ended') reportLeftover(call, steps.slice(index));
      return;
    }
    await take(call, step);
  }
  await stayOnTheLine(call);
}

async function take(call: PlacedCall, step: CallerStep): Promise<void> {
  switch (step.do) {
    case 'say':
      return await say(call, step.words);
    case 'press':
      return await press(call, step.digits);
    case 'interrupt': {
      await reach(call, () => call.situation.at === 'relay', 'to speak over the AI');
      const { situation } = call;
      const interrupted =
        situation.at === 'relay' && (await situation.session.interrupt(step.afterWords, call.over));
      if (!interrupted && !call.over.aborted) call.addUndone(`the caller could not speak over the AI`);
      if (interrupted && situation.at === 'relay')
        await speak(call, () => situation.session.say(step.words, call.over), step.words);
      else await say(call, step.words);
      return;
    }
    case 'wait':
      await call.time.sleep(step.seconds, call.over);
      return;
    case 'wait-for':
      await reach(call, () => isNow(call, step.moment), `for the moment "${step.moment}"`);
      return;
    case 'drop-connection':
      await reach(
        call,
        () => call.situation.at === 'relay' && call.situation.session.isConnected,
        'for a connection to break',
      );
      if (call.situation.at === 'relay') call.situation.session.drop();
      return;
    case 'redeliver':
      return await call.redeliver();
    case 'hang-up':
      return call.hangUp();
    default:
      assertNever(step);
  }
}

async function say(call: PlacedCall, words: string): Promise<void> {
  if (!(await listenerFor(call, `to say "${words}"`))) return;
  const { situation } = call;
  switch (situation.at) {
    case 'relay':
      await speak(call, () => situation.session.say(words, call.over), words);
      return;
    case 'gathering':
      await speakUp(call, words);
      call.trace.add('caller', words);
      situation.hear({ speech: words });
      return;
    case 'recording':
      await speakUp(call, words);
      situation.recording.hear(words);
      return;
    default:
      call.trace.add('caller', words);
      await call.time.sleep(call.time.speaking(words), call.over);
  }
}

/** Takes the time that the words need; what listens does not take the pause before the last word for silence. */
async function speakUp(call: PlacedCall, words: string): Promise<void> {
  call.callerIsSpeaking = true;
  await call.time.sleep(call.time.speaking(words), call.over);
  call.callerIsSpeaking = false;
  call.watch.notify();
}

async function speak(call: PlacedCall, saying: () => Promise<boolean>, words: string): Promise<void> {
  if (!(await saying())) call.trace.add('caller', `"${words}" was not heard: the AI was gone`);
}

async function press(call: PlacedCall, digits: string): Promise<void> {
  if (!(await listenerFor(call, `to press ${digits}`))) return;
  const { situation } = call;
  for (const digit of digits) {
    if (situation.at === 'relay') situation.session.press(digit);
    else if (situation.at === 'gathering') situation.hear({ digit });
    else if (situation.at === 'recording') situation.recording.press(digit);
    await call.time.sleep(0.3, call.over);
  }
}

/** Waits until somebody listens to the caller: the AI has finished, a recording runs, a human is there. */
async function listenerFor(call: PlacedCall, purpose: string): Promise<boolean> {
  const isListening = (): boolean => {
    const { situation } = call;
    if (situation.at === 'relay') return situation.session.isCallersTurn;
    return ['gathering', 'recording', 'connected'].includes(situation.at);
  };
  for (;;) {
    if (!(await reach(call, isListening, purpose))) return false;
    if (call.situation.at !== 'relay') return true;
    await call.time.sleep(breathSeconds, call.over);
    if (isListening()) return true;
  }
}

/** @returns whether the moment came; when it did not, that is a problem, and a caller whose patience is over hangs up. */
async function reach(call: PlacedCall, condition: () => boolean, purpose: string): Promise<boolean> {
  let { situation } = call;
  for (;;) {
    if (await call.watch.until(condition, { timeoutMs: patienceMs, signal: call.over })) return true;
    // Patience is for silence: what rings ends by itself, and something new is worth waiting for.
    const isMoving = call.situation.at === 'ringing' || call.situation !== situation;
    if (!isMoving || call.over.aborted) break;
    situation = call.situation;
  }
  if (call.situation.at === 'ended' || call.over.aborted) {
    call.addUndone(`the caller still waited ${purpose} when the call ended`);
    return false;
  }
  call.addUndone(`the caller waited ${patienceMs / 1000} s ${purpose} and gave up`);
  call.hangUp();
  return false;
}

function isNow(call: PlacedCall, moment: CallMoment): boolean {
  const { situation } = call;
  switch (moment) {
    case 'ai-talking':
      return situation.at === 'relay' && situation.session.aiIsTalking;
    case 'callers-turn':
      return situation.at === 'relay' && situation.session.isCallersTurn;
    case 'screening':
      return call.phonesScreening > 0;
    case 'ringing':
    case 'on-hold':
    case 'connected':
    case 'recording':
    case 'ended':
      return situation.at === moment;
    default:
      return assertNever(moment);
  }
}

function reportLeftover(call: PlacedCall, steps: readonly CallerStep[]): void {
  // Hanging up a call that is over, or waiting on it, is nobody's loss.
  const lost = steps.find(({ do: kind }) => kind !== 'hang-up' && kind !== 'wait' && kind !== 'redeliver');
  if (lost !== undefined) {
    const what = 'words' in lost ? `say "${lost.words}"` : lost.do;
    call.addUndone(`the call ended before the caller could ${what}`);
  }
}

/** The script is done. A caller whom the AI has nothing more to tell, and who has nothing more to say, hangs up. */
async function stayOnTheLine(call: PlacedCall): Promise<void> {
  const silenceMs = Math.max(silence.atLeastMs, call.time.toMs(silence.seconds));
  while (!call.over.aborted) {
    const { situation } = call;
    if (situation.at !== 'relay') {
      await call.watch.until(() => call.situation !== situation, { signal: call.over });
      continue;
    }
    const { session } = situation;
    const stirred = () => call.situation !== situation || !session.isCallersTurn;
    if (session.isCallersTurn) {
      if (await call.watch.until(stirred, { timeoutMs: silenceMs, signal: call.over })) continue;
      if (!call.over.aborted) call.trace.add('caller', 'has nothing more to say');
      call.hangUp();
    } else if (
      !(await call.watch.until(() => call.situation !== situation || session.isCallersTurn, {
        timeoutMs: patienceMs,
        signal: call.over,
      }))
    ) {
      if (!call.over.aborted) call.addProblem(`the AI said nothing for ${patienceMs / 1000} s`);
      call.hangUp();
    }
  }
}
