import type { LintFinding } from '../../../../src-preload/contract/transfers.ts';
import type { JsonObject } from './dialect.ts';
import { broken, checkNumber, lintObject, unknownKeys, warning } from './lint-kit.ts';
import { objectOf } from './read-json.ts';

const shape = '{"destination": {"type": "number", "number": "+14165551234"}}';

/** What an answer to assistant-request may name in place of a destination. */
const assistantKeys = [
  'assistantId',
  'assistant',
  'assistantOverrides',
  'squadId',
  'squad',
  'squadOverrides',
  'workflowId',
  'workflow',
  'workflowOverrides',
];
const rootKeys = ['destination', 'message', 'error', ...assistantKeys];
const destinationKeys = [
  'type',
  'number',
  'sipUri',
  'sipHeaders',
  'extension',
  'callerId',
  'message',
  'description',
  'numberE164CheckEnabled',
  'transferPlan',
];
const planKeys = [
  'mode',
  'message',
  'summaryPlan',
  'twiml',
  'timeout',
  'sipVerb',
  'sipHeadersInReferToEnabled',
  'holdAudioUrl',
  'transferCompleteAudioUrl',
  'fallbackPlan',
  'transferAssistant',
  'contextEngineeringPlan',
  'dialTimeout',
];
const modes = [
  'blind-transfer',
  'blind-transfer-add-summary-to-sip-header',
  'warm-transfer-say-message',
  'warm-transfer-say-summary',
  'warm-transfer-wait-for-operator-to-speak-first-and-then-say-message',
  'warm-transfer-wait-for-operator-to-speak-first-and-then-say-summary',
  'warm-transfer-twiml',
  'warm-transfer-experimental',
];

/** What Vapi would make of an answer to transfer-destination-request or assistant-request. */
export function lintVapi(answer: unknown): LintFinding[] {
  return lintObject(answer, shape, (object) => [
    ...lintRoot(object),
    ...lintMessage(object.message, 'message'),
    ...unknownKeys(object, rootKeys, 'Vapi'),
  ]);
}

function lintRoot(object: JsonObject): LintFinding[] {
  const destination = objectOf(object.destination);
  if (destination !== undefined) return lintDestination(destination);
  if (typeof object.error === 'string') {
    return [
      warning(
        'This is an error: Vapi does not transfer the caller.',
        `To transfer after all, answer ${shape}.`,
      ),
    ];
  }
  if (assistantKeys.some((key) => key in object)) {
    return [
      warning(
        'This names an assistant: it answers assistant-request, and nobody is transferred.',
        `To transfer, answer ${shape}.`,
      ),
    ];
  }
  const says =
    object.destination === undefined
      ? 'There is no "destination", and Vapi looks for the number nowhere else.'
      : '"destination" is no object.';
  return [broken(says, `Answer ${shape}.`)];
}

function lintDestination(destination: JsonObject): LintFinding[] {
  return [
    ...lintTarget(destination),
    ...lintPlan(destination),
    ...lintMessage(destination.message, 'destination.message', true),
    ...unknownKeys(
      destination,
      // Each of these has its own finding.
      [...destinationKeys, 'transfer_plan', 'summaryPlan', 'summary_plan', 'phoneNumber', 'phone_number'],
      'Vapi',
      'destination.',
    ),
  ];
}

function lintTarget(destination: JsonObject): LintFinding[] {
  const { type, number, sipUri } = destination;
  if (type === undefined) {
    return [
      broken(
        '"destination" has no "type": Vapi can’t tell a number from a SIP address and refuses it.',
        'Begin it with "type": "number".',
      ),
      ...(number === undefined ? [] : checkNumber(number, 'destination.number')),
    ];
  }
  if (type === 'sip') {
    return typeof sipUri === 'string' && sipUri.startsWith('sip:')
      ? []
      : [broken('"destination.sipUri" is no SIP address.', 'Write it like "sip:desk@example.com".')];
  }
  if (type !== 'number') {
    return [broken('"destination.type" is neither "number" nor "sip".', 'Write "type": "number".')];
  }
  const misnamed = ['phoneNumber', 'phone_number'].find((name) => name in destination);
  if (number === undefined && misnamed !== undefined) {
    return [
      broken(
        `The number stands under "destination.${misnamed}", which Vapi’s schema does not have.`,
        'Write it as "destination.number".',
      ),
    ];
  }
  return checkNumber(number, 'destination.number').map((finding) =>
    typeof number === 'string' && destination.numberE164CheckEnabled === false
      ? warning(`${finding.says} The check is turned off, so Vapi dials it as it is.`, finding.remedy ?? '')
      : finding,
  );
}

/** What Vapi does not recognise here costs the caller the warm transfer, without a word. */
function lintPlan(destination: JsonObject): LintFinding[] {
  const misplaced = ['transfer_plan', 'summaryPlan', 'summary_plan'].filter((name) => name in destination);
  const findings = misplaced.map((name) =>
    broken(
      `Vapi passes over "destination.${name}" without a word: a warm transfer becomes a blind one.`,
      name === 'transfer_plan'
        ? 'Write it as "transferPlan"; all of Vapi’s keys are camelCase.'
        : 'Put "summaryPlan" into "transferPlan".',
    ),
  );
  if (destination.transferPlan === undefined) return findings;
  const plan = objectOf(destination.transferPlan);
  if (plan === undefined) {
    return [
      ...findings,
      broken('"destination.transferPlan" is no object.', 'Write {"mode": "blind-transfer"}.'),
    ];
  }
  const { mode } = plan;
  if (typeof mode !== 'string' || !modes.includes(mode)) {
    findings.push(
      broken(
        '"destination.transferPlan.mode" is none that Vapi knows.',
        `Choose one of ${modes.map((name) => `"${name}"`).join(', ')}.`,
      ),
    );
  } else if (mode.endsWith('say-message') && plan.message === undefined) {
    findings.push(
      warning(
        `The mode "${mode}" says a message, and there is none.`,
        'Add "message" to "transferPlan", or choose the mode that says a summary.',
      ),
    );
  }
  if ('summary_plan' in plan) {
    findings.push(
      broken(
        'Vapi passes over "destination.transferPlan.summary_plan": no summary is said.',
        'Write it as "summaryPlan".',
      ),
    );
  }
  return [
    ...findings,
    ...unknownKeys(plan, [...planKeys, 'summary_plan'], 'Vapi', 'destination.transferPlan.'),
  ];
}

function lintMessage(message: unknown, at: string, mayBeText = false): LintFinding[] {
  if (message === undefined || (mayBeText && typeof message === 'string')) return [];
  const object = objectOf(message);
  if (object !== undefined && typeof object.type === 'string') return [];
  return [
    warning(
      `"${at}" has no "type": Vapi says its own sentence instead.`,
      'Write {"type": "request-start", "content": "Connecting you now."}.',
    ),
  ];
}
