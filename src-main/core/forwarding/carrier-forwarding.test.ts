import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { carrierSchema, forwardingGuideSchema } from '../../../src-preload/contract/forwarding.ts';
import { readCarrierFile } from './carrier-data.ts';
import { type CarrierForwarding, carrierForwardingIn } from './carrier-forwarding.ts';

const resources = join(import.meta.dirname, '../../../resources');
const number = '+14165550100';
const forwarding = carrierForwardingIn(resources);

function guide(carrierId: string, ringSeconds?: number, to = number, from: CarrierForwarding = forwarding) {
  const found = from.guide({ carrierId, number: to, ringSeconds });
  if (found === undefined) throw new Error(`no carrier ${carrierId}`);
  return found;
}

function keys(carrierId: string, condition: string, ringSeconds?: number, to?: string) {
  const step = guide(carrierId, ringSeconds, to).steps.find((candidate) => candidate.condition === condition);
  if (step === undefined) throw new Error(`${carrierId} has no ${condition}`);
  return [step.turnOn, step.turnOff, step.check];
}

describe('the carriers’ forwarding codes', () => {
  const carriers = forwarding.carriers();

  it('cover at least twelve carriers of North America, and the GSM standard', () => {
    expect(
      carriers.filter(({ country }) => country === 'US' || country === 'CA').length,
    ).toBeGreaterThanOrEqual(12);
    expect(carriers.find(({ id }) => id === 'gsm')).toMatchObject({ country: 'any' });
    expect(new Set(carriers.map(({ id }) => id)).size).toBe(carriers.length);
  });

  it.each(carriers.map(({ id }) => id))('of %s can be dialled, undone and traced to a source', (id) => {
    for (const ringSeconds of [undefined, 1, 20, 99]) {
      const made = forwardingGuideSchema.parse(guide(id, ringSeconds));
      expect(carrierSchema.parse(made.carrier).sources.every((source) => source.startsWith('https://'))).toBe(
        true,
      );
      expect(made.carrier.sources).not.toHaveLength(0);
      // A note that ends elsewhere was cut off, as YAML does at an unquoted " #".
      expect(made.carrier.notes.filter((note) => !/[.:]$/.test(note))).toEqual([]);
      expect(made.steps).not.toHaveLength(0);
      expect(made.tryIt.length).toBeGreaterThanOrEqual(4);
      for (const { turnOn, turnOff, check } of made.steps) {
        expect(turnOn).toMatch(/^[0-9*#+]+$/);
        expect(turnOn).toContain('4165550100');
        expect(turnOff).toMatch(/^[*#][0-9*#]+$/);
        // Carriers without the standard's codes have no keys that ask.
        if (turnOn.endsWith('#')) expect(check).toMatch(/^\*#[0-9]+#$/);
        else expect(check).toBeNull();
      }
    }
  });

  it('are exact', () => {
    expect(keys('gsm', 'no-answer', 20)).toEqual(['**61*+14165550100**20#', '##61#', '*#61#']);
    expect(keys('gsm', 'no-answer')).toEqual(['**61*+14165550100#', '##61#', '*#61#']);
    expect(keys('gsm', 'all-unanswered')).toEqual(['**004*+14165550100#', '##004#', '*#004#']);
    expect(keys('gsm', 'always')).toEqual(['**21*+14165550100#', '##21#', '*#21#']);
    expect(keys('t-mobile-us', 'unreachable')).toEqual(['**62*14165550100#', '##62#', '*#62#']);
    expect(keys('t-mobile-us', 'no-answer', 25)).toEqual(['**61*14165550100**25#', '##61#', '*#61#']);
    expect(keys('verizon', 'all-unanswered')).toEqual(['*714165550100', '*73', null]);
    expect(keys('verizon', 'always')).toEqual(['*724165550100', '*73', null]);
    expect(keys('cox', 'no-answer')).toEqual(['*924165550100', '*93', null]);
    expect(keys('landline', 'busy')).toEqual(['*904165550100', '*91', null]);
    expect(keys('spectrum', 'all-unanswered')).toEqual(['*714165550100', '*73', null]);
    expect(keys('videotron', 'always')).toEqual(['*21*4165550100#', '#21#', '*#21#']);
    expect(keys('mint', 'no-answer')).toEqual(['**61*14165550100#', '##61#', '*#61#']);
    expect(keys('google-fi', 'no-answer')).toEqual(['**61*4165550100#', '##61#', '*#61#']);
    expect(keys('att', 'busy')).toEqual(['*67*4165550100#', '##67#', '*#67#']);
    expect(keys('rogers', 'no-answer')).toEqual(['*61*4165550100#', '##61#', '*#61#']);
    expect(keys('koodo', 'no-answer')).toEqual(['*61*4165550100#', '#61#', '*#61#']);
    expect(keys('telus', 'always')).toEqual(['*21*4165550100#', '#21#', '*#21#']);
  });

  it('take the seconds that the carrier offers, not more than wanted', () => {
    expect(keys('gsm', 'no-answer', 24)[0]).toBe('**61*+14165550100**20#');
    expect(keys('gsm', 'no-answer', 2)[0]).toBe('**61*+14165550100**5#');
    expect(keys('gsm', 'no-answer', 300)[0]).toBe('**61*+14165550100**30#');
    // The carrier sets it.
    expect(keys('att', 'no-answer', 20)[0]).toBe('*61*4165550100#');
    expect(guide('att').carrier.ringSeconds).toBeNull();
  });

  it('tell how to try them, with the keys of the guide', () => {
    const { tryIt } = guide('t-mobile-us', 20);
    expect(tryIt[0]).toContain('**61*14165550100**20#');
    expect(tryIt[1]).toContain('*#61#');
    expect(tryIt[2]).toContain('about 20 seconds');
    expect(tryIt.at(-1)).toContain('##61#');
    expect(guide('visible').tryIt.join(' ')).toContain('yours stays silent');
  });

  it('are dialled on a landline without a call key', () => {
    const [first, ...others] = guide('landline').tryIt;
    expect(first).toContain('Where a new dial tone follows');
    expect([first, ...others].join(' ')).not.toContain('press call');
    expect(guide('verizon').tryIt[0]).toMatch(/^On your own phone dial \*714165550100 and press call\. Wait/);
  });

  it('say where they are second-hand', () => {
    const isSecondHand = (id: string) =>
      guide(id).carrier.notes.some((note) => note.startsWith('No page of the'));
    expect(['gsm', 'telus', 'koodo', 'videotron', 'cox'].filter(isSecondHand)).toEqual([]);
    expect(['att', 'verizon', 'rogers', 'landline'].filter(isSecondHand)).toHaveLength(4);
  });

  it('say when a carrier does not forward abroad, and give no keys then', () => {
    const abroad = guide('verizon', undefined, '+442079460000');
    expect(abroad.steps).toEqual([]);
    expect(abroad.carrier.notes[0]).toContain('+442079460000');
    expect(keys('gsm', 'busy', undefined, '+442079460000')[0]).toBe('**67*+442079460000#');
  });

  it('know no other carrier', () => {
    expect(forwarding.guide({ carrierId: 'no-such', number })).toBeUndefined();
  });
});

describe('the file of carriers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-carriers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (carrier: string) => `
notes: []
codes: { plain: [{ condition: busy, turnOn: "*67*{number}#", turnOff: "##67#", check: null }] }
carriers: [{ id: a, name: A, country: US, codes: plain, number: e164, sources: ["https://a.example/"], notes: [], ${carrier} }]`;

  it('is read when it is first asked for, once', () => {
    const lazily = carrierForwardingIn(folder);
    expect(() => lazily.carriers()).toThrow('ENOENT');
    writeFileSync(join(folder, 'carrier-forwarding.yaml'), file('numbers: any'));
    expect(lazily.carriers()).toHaveLength(1);
    rmSync(join(folder, 'carrier-forwarding.yaml'));
    expect(lazily.carriers()).toHaveLength(1);
    expect(guide('a', undefined, number, lazily).steps[0]?.turnOn).toBe('*67*+14165550100#');
  });

  it.each([
    ['conditions: [always]', 'plain has no code for always'],
    ['ringSeconds: [5]', 'plain has no code with seconds'],
    ['colour: red', 'colour'],
  ])('is refused with %s', (carrier, says) => {
    expect(() => readCarrierFile(file(carrier))).toThrow(says);
  });

  it('is refused when it names codes that are not there', () => {
    expect(() => readCarrierFile(file('numbers: any').replace('codes: plain', 'codes: none'))).toThrow(
      'there are no codes named none',
    );
  });
});
