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
  /** The caller's call is answered at once, and Twilio plays the ringing. */
  answersAtOnce?: boolean;
}

/** Humans are rung. The caller hears ringing until somebody is really there (answerOnBridge). */
export function dialTwiml(plan: DialPlan): string {
  const response = new VoiceResponse();
  if (plan.say !== undefined) response.say(sayIn(plan.language), speakable(plan.say));
  const dial = response.dial({
    action: plan.actionUrl,
    method: 'POST',
    answerOnBridge: plan.answersAtOnce !== true,
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

/** A conference that a caller and the human who takes the call share, by a name that says nothing of either. */
export interface Conference {
  room: string;
}

/**
 * The caller waits in the conference, with Twilio's own music, until a human joins. It survives a caller who is led out of it
 * and back in. When the time is up the caller leaves by itself, and Twilio asks `actionUrl`.
 */
export function waitTwiml(
  wait: Conference & {
    longestSeconds: number;
    actionUrl: string;
    /** Said first, when the AI could not say it. */
    say?: string | undefined;
    language: string;
  },
): string {
  const response = new VoiceResponse();
  if (wait.say !== undefined) response.say(sayIn(wait.language), speakable(wait.say));
  response
    .dial({ action: wait.actionUrl, method: 'POST', timeLimit: wait.longestSeconds })
    .conference({ beep: 'false', startConferenceOnEnter: false, endConferenceOnExit: false }, wait.room);
  return response.toString();
}

/** Caller and human talk in the conference until one of them leaves. @param talk `actionUrl` is asked then, for the caller. */
export function talkTwiml(talk: Conference & { actionUrl?: string }): string {
  const response = new VoiceResponse();
  response.dial(talk.actionUrl === undefined ? {} : { action: talk.actionUrl, method: 'POST' }).conference(
    // Both come at about the same time: the first needs no music.
    { beep: 'false', startConferenceOnEnter: true, endConferenceOnExit: true, waitUrl: '' },
    talk.room,
  );
  return response.toString();
}

/** Tells a human who picked up something, and goes on at an address. */
export function briefTwiml(briefing: { say: string; language: string; nextUrl: string }): string {
  const response = new VoiceResponse();
  response.say(sayIn(briefing.language), speakable(briefing.say));
  response.redirect({ method: 'POST' }, briefing.nextUrl);
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

/**
 * What a person hears whom Patchbay itself rings: asked for a key twice, then the good-bye. Without an `actionUrl` nobody
 * would hear a key, so none is asked for.
 */
export function askForKeyTwiml(call: {
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

/** `<Say>` wants a language with its region; the package's list of them is closed and older than Twilio's. */
function sayIn(language: string): VoiceResponse.SayAttributes {
  return { language: withRegion(language) as NonNullable<VoiceResponse.SayAttributes['language']> };
}

/** "en" → "en-US", "es-419" → "es-ES": the region where most speak it, for a tag that has none or a whole continent. */
function withRegion(tag: string): string {
  const { language, region } = new Intl.Locale(tag);
  const country = /^[A-Z]{2}$/.test(region ?? '') ? region : new Intl.Locale(language).maximize().region;
  return country === undefined ? tag : `${language}-${country}`;
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
