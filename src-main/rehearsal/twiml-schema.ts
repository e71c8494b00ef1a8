/** What an attribute may hold. A list names the words; `words` allows several of them, separated by spaces. */
export type ValueCheck =
  | { is: 'text' }
  | { is: 'integer' }
  | { is: 'one-of'; words: readonly string[] }
  | { is: 'some-of'; words: readonly string[] }
  | { is: 'pattern'; pattern: RegExp };

export interface ElementRule {
  attributes: Readonly<Record<string, ValueCheck>>;
  required?: readonly string[];
  /** Elements that may stand inside. */
  children: readonly string[];
  /** Whether it may hold words of its own. */
  text: boolean;
}

const text: ValueCheck = { is: 'text' };
const integer: ValueCheck = { is: 'integer' };
const oneOf = (...words: string[]): ValueCheck => ({ is: 'one-of', words });
const someOf = (...words: string[]): ValueCheck => ({ is: 'some-of', words });
const flag = oneOf('true', 'false');
const method = oneOf('GET', 'POST');
const trim = oneOf('trim-silence', 'do-not-trim');
const recordingEvents = someOf('in-progress', 'completed', 'absent');
const interruption = oneOf('none', 'dtmf', 'speech', 'any', 'true', 'false');
const ttsProvider = oneOf('Google', 'Amazon', 'ElevenLabs');
const transcriptionProvider = oneOf('Deepgram', 'Google');

const ssml = ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub'] as const;

const recordingAttributes = {
  recordingStatusCallback: text,
  recordingStatusCallbackMethod: method,
  recordingStatusCallbackEvent: recordingEvents,
  trim,
};

const statusAttributes = { statusCallback: text, statusCallbackMethod: method };

const ssmlElement = (attributes: ElementRule['attributes'] = {}): ElementRule => ({
  attributes,
  children: ssml,
  text: true,
});

/**
 * The verbs and nouns that the rehearsal line understands, with the attributes of Twilio's TwiML reference. It is
 * narrower than Twilio on purpose: what is not here has never been rehearsed, so it must not pass unseen.
 */
export const twimlRules: Readonly<Record<string, ElementRule>> = {
  Response: {
    attributes: {},
    children: [
      'Connect',
      'Dial',
      'Enqueue',
      'Gather',
      'Hangup',
      'Pause',
      'Play',
      'Record',
      'Redirect',
      'Reject',
      'Say',
    ],
    text: false,
  },
  Connect: { attributes: { action: text, method }, children: ['ConversationRelay'], text: false },
  ConversationRelay: {
    attributes: {
      url: text,
      welcomeGreeting: text,
      welcomeGreetingInterruptible: interruption,
      language: text,
      ttsLanguage: text,
      ttsProvider,
      voice: text,
      transcriptionLanguage: text,
      transcriptionProvider,
      speechModel: text,
      hints: text,
      interruptible: interruption,
      interruptSensitivity: oneOf('low', 'medium', 'high'),
      reportInputDuringAgentSpeech: interruption,
      preemptible: flag,
      ignoreBackchannel: flag,
      speechTimeout: { is: 'pattern', pattern: /^(auto|\d+)$/ },
      dtmfDetection: flag,
      partialPrompts: flag,
      profanityFilter: flag,
      deepgramSmartFormat: flag,
      elevenlabsTextNormalization: oneOf('on', 'auto', 'off'),
      intelligenceService: text,
      events: text,
      debug: text,
    },
    required: ['url'],
    children: ['Parameter', 'Language'],
    text: false,
  },
  Parameter: {
    attributes: { name: text, value: text },
    required: ['name', 'value'],
    children: [],
    text: false,
  },
  Language: {
    attributes: { code: text, ttsProvider, voice: text, transcriptionProvider, speechModel: text },
    required: ['code'],
    children: [],
    text: false,
  },
  Dial: {
    attributes: {
      action: text,
      method,
      timeout: integer,
      timeLimit: integer,
      callerId: text,
      answerOnBridge: flag,
      hangupOnStar: flag,
      sequential: flag,
      record: oneOf(
        'do-not-record',
        'record-from-answer',
        'record-from-ringing',
        'record-from-answer-dual',
        'record-from-ringing-dual',
      ),
      ringTone: { is: 'pattern', pattern: /^([a-z]{2}|us-old)$/ },
      recordingTrack: oneOf('both', 'inbound', 'outbound'),
      referUrl: text,
      referMethod: method,
      ...recordingAttributes,
    },
    children: ['Number', 'Conference'],
    text: true,
  },
  Number: {
    attributes: {
      url: text,
      method,
      sendDigits: { is: 'pattern', pattern: /^[0-9*#wW,]+$/ },
      ...statusAttributes,
      statusCallbackEvent: someOf('initiated', 'ringing', 'answered', 'completed'),
      byoc: text,
      machineDetection: oneOf('Enable', 'DetectMessageEnd'),
      machineDetectionTimeout: integer,
      machineDetectionSpeechThreshold: integer,
      machineDetectionSpeechEndThreshold: integer,
      machineDetectionSilenceTimeout: integer,
      amdStatusCallback: text,
      amdStatusCallbackMethod: method,
    },
    children: [],
    text: true,
  },
  Conference: {
    attributes: {
      muted: flag,
      beep: oneOf('true', 'false', 'onEnter', 'onExit'),
      startConferenceOnEnter: flag,
      endConferenceOnExit: flag,
      participantLabel: text,
      jitterBufferSize: oneOf('large', 'medium', 'small', 'off'),
      maxParticipants: integer,
      waitUrl: text,
      waitMethod: method,
      record: oneOf('do-not-record', 'record-from-start'),
      region: oneOf('us1', 'us2', 'ie1', 'sg1', 'br1', 'au1', 'jp1', 'de1'),
      coach: text,
      ...statusAttributes,
      statusCallbackEvent: someOf(
        'start',
        'end',
        'join',
        'leave',
        'mute',
        'hold',
        'modify',
        'speaker',
        'announcement',
      ),
      ...recordingAttributes,
      eventCallbackUrl: text,
    },
    children: [],
    text: true,
  },
  Gather: {
    attributes: {
      action: text,
      method,
      input: someOf('dtmf', 'speech'),
      timeout: integer,
      speechTimeout: { is: 'pattern', pattern: /^(auto|\d+)$/ },
      numDigits: integer,
      finishOnKey: { is: 'pattern', pattern: /^[0-9*#]?$/ },
      actionOnEmptyResult: flag,
      bargeIn: flag,
      language: text,
      hints: text,
      speechModel: text,
      enhanced: flag,
      maxSpeechTime: integer,
      profanityFilter: flag,
      partialResultCallback: text,
      partialResultCallbackMethod: method,
      debug: flag,
    },
    children: ['Say', 'Play', 'Pause'],
    text: false,
  },
  Say: { attributes: { voice: text, language: text, loop: integer }, children: ssml, text: true },
  Play: {
    attributes: { loop: integer, digits: { is: 'pattern', pattern: /^[0-9*#wW]+$/ } },
    children: [],
    text: true,
  },
  Pause: { attributes: { length: integer }, children: [], text: false },
  Record: {
    attributes: {
      action: text,
      method,
      timeout: integer,
      finishOnKey: { is: 'pattern', pattern: /^[0-9*#]*$/ },
      maxLength: integer,
      playBeep: flag,
      ...recordingAttributes,
      transcribe: flag,
      transcribeCallback: text,
    },
    children: [],
    text: false,
  },
  Redirect: { attributes: { method }, children: [], text: true },
  Reject: { attributes: { reason: oneOf('rejected', 'busy') }, children: [], text: false },
  Hangup: { attributes: {}, children: [], text: false },
  Enqueue: {
    attributes: {
      action: text,
      method,
      maxQueueSize: integer,
      waitUrl: text,
      waitUrlMethod: method,
      workflowSid: text,
    },
    children: [],
    text: true,
  },
  break: ssmlElement({ strength: text, time: text }),
  emphasis: ssmlElement({ level: oneOf('strong', 'moderate', 'reduced') }),
  lang: ssmlElement({ 'xml:lang': text }),
  p: ssmlElement(),
  phoneme: ssmlElement({ alphabet: text, ph: text }),
  prosody: ssmlElement({ rate: text, pitch: text, volume: text }),
  s: ssmlElement(),
  'say-as': ssmlElement({ 'interpret-as': text, format: text }),
  sub: ssmlElement({ alias: text }),
};
