import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';

/** TwiML as Patchbay answers it, by what the caller experiences. Twilio's voice TwiML reference describes each verb. */

export interface RelayOffer {
  /** wss:// address of the session. */
  relayUrl: string;
  /** Twilio POSTs here when the session is over. */
  actionUrl: string;
  greeting: string;
  language: string;
}

/** The AI talks with the caller: `<Connect><ConversationRelay>`. */
export function relayTwiml({ relayUrl, actionUrl, greeting, language }: RelayOffer): string {
  const response = new VoiceResponse();
  response.connect({ action: actionUrl, method: 'POST' }).conversationRelay({
    url: relayUrl,
    welcomeGreeting: speakable(greeting),
    welcomeGreetingInterruptible: 'any',
    language,
    interruptible: 'any',
    dtmfDetection: true,
  });
  return response.toString();
}

/** A phone that is rung, E.164. */
export interface DialledPhone {
  destination: string;
  /** Twilio tells here how its leg fares. */
  legStatusUrl: string;
  /** Twilio asks here what whoever picks up hears before the caller is put through. */
  pickedUpUrl?: string | undefined;
}

export interface DialPlan {
  /** Ten at most; the first who takes the call has it. */
  phones: readonly DialledPhone[];
  callerId: string;
  ringSeconds: number;
  actionUrl: string;
  /** Said before the ringing starts, when the AI could not say it. */
  say?: string | undefined;
  language: string;
}

/** Humans are rung. The caller hears ringing until somebody is really there (answerOnBridge). */
export function dialTwiml(plan: DialPlan): string {
  const response = new VoiceResponse();
  if (plan.say !== undefined) response.say(sayIn(plan.language), speakable(plan.say));
  const dial = response.dial({
    action: plan.actionUrl,
    method: 'POST',
    answerOnBridge: true,
    timeout: plan.ringSeconds,
    callerId: plan.callerId,
  });
  for (const { destination, legStatusUrl, pickedUpUrl } of plan.phones) {
    dial.number(
      {
        ...(pickedUpUrl !== undefined && { url: pickedUpUrl, method: 'POST' }),
        statusCallback: legStatusUrl,
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      },
      destination,
    );
  }
  return response.toString();
}

/**
 * Asks a human who picked up for a key, once for each address; Twilio POSTs the key there. Without any key the last address
 * is told so, without `Digits`.
 */
export function screenTwiml(question: {
  /** Said first, once. */
  say?: string | undefined;
  keys: string;
  keyUrls: readonly string[];
  language: string;
}): string {
  const response = new VoiceResponse();
  for (const [index, action] of question.keyUrls.entries()) {
    const gather = response.gather({
      input: ['dtmf'],
      numDigits: 1,
      timeout: keySeconds,
      action,
      method: 'POST',
    });
    const words = index === 0 ? [question.say, question.keys] : [question.keys];
    gather.say(sayIn(question.language), speakable(words.filter(Boolean).join(' ')));
  }
  response.redirect({ method: 'POST' }, question.keyUrls.at(-1) ?? '');
  return response.toString();
}

/** Puts the caller through to the human who picked up, after a few words to that human or at once. */
export function putThroughTwiml(first?: { say: string; language: string }): string {
  const response = new VoiceResponse();
  if (first) response.say(sayIn(first.language), speakable(first.say));
  return response.toString();
}

/** A spoken message is recorded. When the caller says nothing, `<Record>` may not call its action: the redirect does. */
export function voicemailTwiml(options: { say: string; language: string; actionUrl: string }): string {
  const response = new VoiceResponse();
  response.say(sayIn(options.language), speakable(options.say));
  response.record({ action: options.actionUrl, method: 'POST', maxLength: 120, timeout: 5, playBeep: true });
  response.redirect({ method: 'POST' }, options.actionUrl);
  return response.toString();
}

/** Seconds that a person has to find the keys of their phone. */
const keySeconds = 8;

/** A test call to a destination: it asks for a key twice; without an `actionUrl` nobody would hear one, so it asks for none. */
export function testCallTwiml(call: {
  say: string;
  goodbye: string;
  /** Twilio POSTs here when a key was pressed. */
  actionUrl?: string;
  language: string;
}): string {
  const response = new VoiceResponse();
  for (let time = 1; time <= 2; time++) {
    if (call.actionUrl === undefined) {
      response.say(sayIn(call.language), speakable(call.say));
      response.pause({ length: 1 });
    } else {
      response
        .gather({
          input: ['dtmf'],
          numDigits: 1,
          timeout: keySeconds,
          action: call.actionUrl,
          method: 'POST',
        })
        .say(sayIn(call.language), speakable(call.say));
    }
  }
  response.say(sayIn(call.language), speakable(call.goodbye));
  response.hangup();
  return response.toString();
}

/** The last words, if any, and the end of the call. */
export function hangUpTwiml(last?: { say: string; language: string }): string {
  const response = new VoiceResponse();
  if (last) response.say(sayIn(last.language), speakable(last.say));
  response.hangup();
  return response.toString();
}

/** `<Say>` takes the same language tags as the relay; the package's list of them is closed and older. */
function sayIn(language: string): VoiceResponse.SayAttributes {
  return { language: language as NonNullable<VoiceResponse.SayAttributes['language']> };
}

/** Rings the static number and asks nothing more of Patchbay: the answer when Patchbay itself fails. */
export function lastResortTwiml(options: {
  say: string;
  language: string;
  destination: string;
  callerId?: string | undefined;
}): string {
  const { callerId } = options;
  const response = new VoiceResponse();
  response.say(sayIn(options.language), speakable(options.say));
  response.dial({ answerOnBridge: true, timeout: 30, ...(callerId && { callerId }) }, options.destination);
  return response.toString();
}

/** XML 1.0 (2.2) allows no control characters but tab and line breaks, not even escaped; Twilio would refuse all of it (12100). */
function speakable(words: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  return words.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ');
}
