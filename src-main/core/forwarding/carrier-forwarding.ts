import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Carrier, ForwardingGuide } from '../../../src-preload/contract/forwarding.ts';
import { assertNever } from '../errors.ts';
import { type CarrierData, type CarrierFile, type CarrierStep, readCarrierFile } from './carrier-data.ts';

/** The carriers' forwarding codes, from resources/carrier-forwarding.yaml. */
export interface CarrierForwarding {
  carriers(): Carrier[];
  /** @returns undefined when there is no such carrier. */
  guide(request: {
    carrierId: string;
    /** The operator's Patchbay number, E.164. */
    number: string;
    ringSeconds?: number | undefined;
  }): ForwardingGuide | undefined;
}

/** Reads carrier-forwarding.yaml when it is first asked for. Asking @throws when the file does not fit its schema. */
export function carrierForwardingIn(resourcesDir: string): CarrierForwarding {
  let read: CarrierFile | undefined;
  const file = (): CarrierFile => {
    read ??= readCarrierFile(readFileSync(join(resourcesDir, 'carrier-forwarding.yaml'), 'utf8'));
    return read;
  };
  return {
    carriers: () => file().carriers.map((carrier) => asCarrier(carrier, file())),
    guide({ carrierId, number, ringSeconds }) {
      const carrier = file().carriers.find(({ id }) => id === carrierId);
      return carrier === undefined ? undefined : guideOf(carrier, file(), number, ringSeconds);
    },
  };
}

const secondHand =
  'No page of the carrier’s own was found with these codes; they are as others tell them. Make sure by the test call.';

function asCarrier(data: CarrierData, file: CarrierFile): Carrier {
  const { id, name, country, sources, firstHand, ringSeconds } = data;
  const notes = [...data.notes, ...(firstHand ? [] : [secondHand]), ...file.notes];
  return { id, name, country, sources, notes, ringSeconds };
}

function guideOf(
  data: CarrierData,
  file: CarrierFile,
  number: string,
  wanted: number | undefined,
): ForwardingGuide {
  const carrier = asCarrier(data, file);
  if (data.numbers === 'nanp' && !/^\+1\d{10}$/.test(number)) {
    const note = `${data.name} forwards to numbers that begin with +1 alone, so not to ${number}. Take a Twilio number of the US or Canada for this.`;
    return { carrier: { ...carrier, notes: [note, ...carrier.notes] }, number, steps: [], tryIt: [] };
  }
  const seconds =
    data.ringSeconds === null || wanted === undefined ? null : nearest(wanted, data.ringSeconds);
  const written = numberAs(data.number, number);
  const steps = (file.codes[data.codes] ?? [])
    .filter(({ condition }) => data.conditions?.includes(condition) ?? true)
    .map((step) => ({
      condition: step.condition,
      turnOn: turnOnKeys(step, written, seconds),
      turnOff: step.turnOff,
      check: step.check,
    }));
  return { carrier, number, steps, tryIt: howToTry(steps, number, seconds, data.line) };
}

function turnOnKeys(step: CarrierStep, number: string, seconds: number | null): string {
  const template = seconds === null ? step.turnOn : (step.turnOnAfter ?? step.turnOn);
  return template.replace('{number}', number).replace('{seconds}', String(seconds));
}

function numberAs(form: CarrierData['number'], number: string): string {
  switch (form) {
    case 'national10':
      return number.replace(/^\+1/, '');
    case 'e164digits':
      return number.replace(/^\+/, '');
    case 'e164':
      return number;
    default:
      return assertNever(form);
  }
}

/** The longest ringing that is not above what was wanted, else the shortest there is. */
function nearest(wanted: number, choices: readonly number[]): number {
  const fitting = choices.filter((choice) => choice <= wanted);
  return fitting.length > 0 ? Math.max(...fitting) : Math.min(...choices);
}

function howToTry(
  steps: ForwardingGuide['steps'],
  number: string,
  seconds: number | null,
  line: CarrierData['line'],
): string[] {
  const unanswered = steps.find(
    ({ condition }) => condition === 'no-answer' || condition === 'all-unanswered',
  );
  const step = unanswered ?? steps[0];
  if (step === undefined) return [];
  const rings =
    seconds === null ? 'after 15 to 30 seconds of ringing' : `after about ${seconds} seconds of ringing`;
  const pressCall = line === 'mobile' ? ' and press call' : '';
  const tone = ' Where a new dial tone follows the first three keys, dial the number after it.';
  return [
    `On your own phone dial ${step.turnOn}${pressCall}.${line === 'landline' ? tone : ''} Wait for a tone, a message, or Patchbay’s greeting that confirms it.`,
    ...(step.check === null ? [] : [`Dial ${step.check}${pressCall}: the phone shows ${number}.`]),
    unanswered === undefined
      ? 'Call your own number from another phone: yours stays silent, and Patchbay greets you.'
      : `Call your own number from another phone and let it ring: ${rings} Patchbay greets you.`,
    'Look at the calls in Patchbay: this one is there.',
    `To undo it dial ${step.turnOff}${pressCall}, and call your own number once more: Patchbay no longer answers.`,
  ];
}
