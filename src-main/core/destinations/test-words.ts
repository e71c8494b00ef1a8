import { askForKeyTwiml } from '../twilio/twiml.ts';

/** The names that Twilio gives an account until its owner names it say nothing to whoever picks up. */
const unnamed = /^(?:My first Twilio account|AC[0-9a-f]{32}|.*@.*’?'?s Account|)$/i;

/**
 * What a test call says: who calls and why, and, where a key can be heard, that one should be pressed.
 *
 * @param operatorNames the first that says something is read out
 * @param actionUrl where Twilio tells that a key was pressed; null: nothing would reach Patchbay
 */
export function testCallWords(call: {
  operatorNames: readonly (string | null)[];
  integrationName: string | null;
  actionUrl: string | null;
}): string {
  const operator = call.operatorNames.find((name) => name !== null && !unnamed.test(name.trim()));
  const calling = operator == null ? '' : `, calling for ${operator.trim()}`;
  const what = call.integrationName === null ? 'this phone number' : `the number for ${call.integrationName}`;
  const hello = `Hello. This is Patchbay${calling}, testing ${what}.`;
  if (call.actionUrl === null) {
    const words = `${hello} Calls that are handed over will reach this phone. You can hang up now.`;
    return askForKeyTwiml({ say: words, goodbye: 'Goodbye.', language });
  }
  return askForKeyTwiml({
    say: `${hello} If you hear this, press any key.`,
    goodbye: 'No key was pressed. Goodbye.',
    actionUrl: call.actionUrl,
    language,
  });
}

const language = 'en-US';

export const keyHeard = { say: 'Thank you. Calls can be handed over to this phone. Goodbye.', language };

export const testIsOver = { say: 'This test is over already. Goodbye.', language };
