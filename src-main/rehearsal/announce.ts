import type { PlacedCall } from './placed-call.ts';
import type { TwimlElement } from './twiml.ts';

/** How long an audio file is taken to last; script seconds. */
const playSeconds = 3;
/** What is to be repeated until the call is over (`loop="0"`) is repeated this often, and nothing more often. */
const mostTimes = 20;

/**
 * Whoever is on the line (the caller, or a human who is asked whether to take the call) listens to a `<Say>`, `<Play>`
 * or `<Pause>`, or to as much of it as comes before the signal.
 */
export async function announce(call: PlacedCall, verb: TwimlElement, signal: AbortSignal): Promise<void> {
  const { time, trace } = call;
  const loop = Number(verb.attributes.loop ?? 1);
  const times = loop === 0 ? mostTimes : Math.min(Math.max(loop, 1), mostTimes);
  switch (verb.name) {
    case 'Say':
      trace.add('twilio', `said "${verb.text.trim()}"`);
      await time.sleep(time.speaking(verb.text) * times, signal);
      break;
    case 'Play':
      trace.add('twilio', `played ${verb.attributes.digits ?? verb.text.trim()}`);
      await time.sleep(playSeconds * times, signal);
      break;
    default:
      await time.sleep(Number(verb.attributes.length ?? 1), signal);
  }
}
