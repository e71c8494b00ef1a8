import { announce } from './announce.ts';
import { KeyCollector } from './gather.ts';
import type { Leg } from './leg.ts';
import type { PlacedCall } from './placed-call.ts';
import { type TwimlElement, TwimlError } from './twiml.ts';

/** A screening is led through at most this many documents. */
const maxDocuments = 20;

/**
 * Plays the TwiML of `<Number url>` to the human who picked up, before the caller is put through.
 * @returns whether the leg is still there at its end: the human took the call.
 * @throws CallError | TwimlError for TwiML that Twilio would not run there (13201 for a Dial).
 */
export async function screen(call: PlacedCall, leg: Leg, signal: AbortSignal): Promise<boolean> {
  const { url, method } = leg.element.attributes;
  if (url === undefined) return true;
  call.phonesScreening += 1;
  call.watch.notify();
  try {
    return await runScreening(call, leg, { url, method }, signal);
  } finally {
    call.phonesScreening -= 1;
  }
}

async function runScreening(
  call: PlacedCall,
  leg: Leg,
  { url, method }: { url: string; method: string | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  let next: { url: string; method: 'GET' | 'POST'; params: Record<string, string> } | undefined = {
    url: call.resolve(url),
    method: method === 'GET' ? 'GET' : 'POST',
    params: leg.parameters(),
  };
  for (let count = 0; next !== undefined && count < maxDocuments; count += 1) {
    const at: string = next.url;
    const document = await call.fetchDocument(at, next.method, next.params);
    next = undefined;
    for (const verb of document.children) {
      if (signal.aborted) return false;
      const step = await screenVerb(call, leg, verb, signal);
      if (step === 'hang-up') return false;
      if (step === undefined) continue;
      next = {
        url: new URL(step.url === '' ? at : step.url, at).href,
        method: verb.attributes.method === 'GET' ? 'GET' : 'POST',
        params: { ...leg.parameters(), ...step.params },
      };
      break;
    }
  }
  return !signal.aborted;
}

async function screenVerb(
  call: PlacedCall,
  leg: Leg,
  verb: TwimlElement,
  signal: AbortSignal,
): Promise<{ url: string; params: Record<string, string> } | 'hang-up' | undefined> {
  switch (verb.name) {
    case 'Say':
    case 'Play':
    case 'Pause':
      await announce(call, verb, signal);
      return undefined;
    case 'Hangup':
    case 'Reject':
      return 'hang-up';
    case 'Redirect':
      return { url: verb.text.trim(), params: {} };
    case 'Gather': {
      for (const child of verb.children) await announce(call, child, signal);
      if (signal.aborted) return 'hang-up';
      const keys = new KeyCollector(verb);
      keys.press(keysOf(leg));
      if (keys.digits === '') await call.time.sleep(keys.timeout, signal);
      else call.trace.add('destination', `${leg.number} pressed ${keys.digits}`);
      if (keys.digits === '' && verb.attributes.actionOnEmptyResult !== 'true') return undefined;
      return { url: verb.attributes.action ?? '', params: { Digits: keys.digits } };
    }
    case 'Dial':
      throw new TwimlError(13201, 'a <Dial> has no place in the TwiML of <Number url>');
    default:
      throw new TwimlError(12200, `<${verb.name}> has no place in the TwiML of <Number url>`);
  }
}

/** What the human presses when asked; a voicemail presses nothing. */
function keysOf(leg: Leg): string {
  const { plan } = leg;
  return plan.outcome === 'answers' || plan.outcome === 'declines' ? plan.presses : '';
}
