import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FormField, fieldTypes } from '../../../src-preload/contract/desk.ts';
import { countryOf, validateField } from './form.ts';

/** A Sunday, in the machine's own time zone. */
const now = new Date(2026, 10, 22, 12).getTime();
const context = { now, country: 'CA' };

function field(type: FormField['type'], options?: string[]): FormField {
  return { id: 'f', label: 'The field', type, required: true, ...(options && { options }) };
}
const check = (type: FormField['type'], raw: string, options?: string[]) => {
  const result = validateField(field(type, options), raw, context);
  return result.ok ? result.value : { problem: result.problem };
};
const refused = { problem: expect.stringMatching(/ask/) };

describe('text', () => {
  it('is trimmed to one line', () => expect(check('text', '  Jo \n Smith ')).toBe('Jo Smith'));
  it.each(['', '   ', 'N/A', 'unknown', 'not provided', '???'])('refuses “%s” as no answer', (raw) => {
    expect(check('text', raw)).toEqual(refused);
  });
  it('refuses what is no answer but a speech', () =>
    expect(check('text', 'x'.repeat(1001))).toEqual(refused));
});

describe('number', () => {
  it.each([
    ['12', '12'],
    ['12.50', '12.5'],
    ['-3', '-3'],
    ['minus three', '-3'],
    ['twenty-five', '25'],
    ['two hundred and five', '205'],
    ['about 30 square metres', '30'],
    ['$1,200', '1200'],
    ['1,200.50', '1200.5'],
    ['1.200,50', '1200.5'],
    ['1,5', '1.5'],
    ['three thousand five hundred', '3500'],
    ['two point five', '2.5'],
    ['007', '7'],
    ['0', '0'],
    ['1 000 000', '1000000'],
  ])('reads “%s” as %s', (raw, value) => expect(check('number', raw)).toBe(value));
  it.each(['many', '2 or 3', '1e400 9', '99999999999999999999', '1.2.3'])('refuses “%s”', (raw) => {
    expect(check('number', raw)).toEqual(refused);
  });
});

describe('date', () => {
  it.each([
    ['2026-12-24', '2026-12-24'],
    ['2026/3/4', '2026-03-04'],
    ['today', '2026-11-22'],
    ['tomorrow', '2026-11-23'],
    ['Tomorrow morning, please', '2026-11-23'],
    ['the day after tomorrow', '2026-11-24'],
    ['yesterday', '2026-11-21'],
    ['next Tuesday', '2026-11-24'],
    ['Tuesday', '2026-11-24'],
    ['this coming Friday', '2026-11-27'],
    ['Sunday', '2026-11-29'],
    ['last Friday', '2026-11-20'],
    ['a week from Tuesday', '2026-12-01'],
    ['in two weeks', '2026-12-06'],
    ['in 3 days', '2026-11-25'],
    ['two days ago', '2026-11-20'],
    ['a week from today', '2026-11-29'],
    ['March 3rd', '2027-03-03'],
    ['the third of March', '2027-03-03'],
    ['December 1', '2026-12-01'],
    ['3 Mar 2028', '2028-03-03'],
    ['March the twenty-first, 2027', '2027-03-21'],
    ['March 3rd, twenty twenty-seven', '2027-03-03'],
    ['Wednesday, March 3rd', '2027-03-03'],
    ['the 30th', '2026-11-30'],
    ['the 31st', '2026-12-31'],
    ['February 29', '2028-02-29'],
    ['25/12/2026', '2026-12-25'],
    ['12/25/26', '2026-12-25'],
    ['04/04/2027', '2027-04-04'],
  ])('reads “%s” as %s', (raw, value) => expect(check('date', raw)).toBe(value));

  it('asks which of the two readings of 03/04 is meant', () => {
    expect(check('date', '03/04')).toEqual({
      problem:
        'The date for “The field” can be read two ways; ask the caller whether they mean March 4 or April 3.',
    });
    expect(check('date', '03/04/2027')).toEqual(refused);
  });
  it('asks when the weekday does not fit the date', () => {
    expect(check('date', 'Friday, March 3rd')).toEqual({
      problem: expect.stringContaining('is a Wednesday'),
    });
  });
  it.each(['soon', '2026-02-30', '2026-13-01', 'February 30', '31/31', '0000-00-00', 'March'])(
    'refuses “%s”',
    (raw) => expect(check('date', raw)).toEqual(refused),
  );
});

describe('choice', () => {
  const options = ['Sales', 'Billing and accounts', 'Two bedrooms', '3 bedrooms'];
  it.each([
    ['Sales', 'Sales'],
    [' sales ', 'Sales'],
    ['the SALES department', 'Sales'],
    ['billing', 'Billing and accounts'],
    ['Billing & accounts', 'Billing and accounts'],
    ['2 bedrooms', 'Two bedrooms'],
    ['three bedrooms', '3 bedrooms'],
    ['the second one', 'Billing and accounts'],
    ['option 1', 'Sales'],
  ])('reads “%s” as %s', (raw, value) => expect(check('choice', raw, options)).toBe(value));
  it.each(['bedrooms', 'service', 'option 9'])('refuses “%s” and names the choices', (raw) => {
    expect(check('choice', raw, options)).toEqual({ problem: expect.stringContaining(options.join(', ')) });
  });
  it('takes “none” where it is a choice', () =>
    expect(check('choice', 'none', ['Some', 'None'])).toBe('None'));
});

describe('yes-no', () => {
  it.each(['yes', 'Yeah', 'yep!', 'sure', 'Of course', "That's right", 'yes please', 'um, yes', 'true'])(
    'reads “%s” as yes',
    (raw) => expect(check('yes-no', raw)).toBe('yes'),
  );
  it.each(['no', 'Nope', 'nah', 'not really', 'no thanks', "I don't", 'false', 'never'])(
    'reads “%s” as no',
    (raw) => expect(check('yes-no', raw)).toBe('no'),
  );
  it.each(['maybe', "I'm not sure", 'I don’t know', 'yes and no', 'blue'])('refuses “%s”', (raw) => {
    expect(check('yes-no', raw)).toEqual(refused);
  });
});

describe('contact', () => {
  it.each([
    ['jo@example.com', 'jo@example.com'],
    ['Jo.Smith@Example.COM', 'jo.smith@example.com'],
    ['jo at example dot com', 'jo@example.com'],
    ['it’s jo underscore smith at gmail dot com.', 'jo_smith@gmail.com'],
    ['jo dot smith at my dash shop dot co dot uk', 'jo.smith@my-shop.co.uk'],
    ['416-555-1234', '+14165551234'],
    ['(416) 555 1234', '+14165551234'],
    ['+44 20 7946 0958', '+442079460958'],
    ['my number is 4165551234', '+14165551234'],
    ['four one six five five five one two three four', '+14165551234'],
    ['four one six, triple five, one two three four', '+14165551234'],
    ['four sixteen five five five twelve thirty four', '+14165551234'],
    ['plus one four one six five five five oh one oh oh', '+14165550100'],
  ])('reads “%s” as %s', (raw, value) => expect(check('contact', raw)).toBe(value));
  it.each(['jo@', 'jo at example', 'Jo', '12', 'nine one one', '+1 416 555'])('refuses “%s”', (raw) => {
    expect(check('contact', raw)).toEqual(refused);
  });
  it('reads national numbers of the country', () => {
    expect(validateField(field('contact'), '020 7946 0958', { now, country: 'GB' })).toEqual({
      ok: true,
      value: '+442079460958',
    });
  });
});

describe('validateField', () => {
  const anyField = fc.constantFrom(...fieldTypes).chain((type) =>
    type === 'choice'
      ? fc
          .array(fc.constantFrom('Sales', 'sales', 'Two', '2', 'one two', 'Billing, west', '…', 'option 2'), {
            minLength: 1,
          })
          .map((options) => field(type, options))
      : fc.constant(field(type)),
  );
  const word = fc.constantFrom(
    ...'yes no tomorrow next tuesday march 3rd 03/04 two hundred and five thousand point minus at dot com jo @ + plus 416 555 1234 oh double triple the second one in weeks ago . , - 1,200 2026 sales'.split(
      ' ',
    ),
  );
  const answer = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
  );

  it('never throws, and its values pass unchanged', () => {
    fc.assert(
      fc.property(anyField, answer, fc.constantFrom('CA', 'GB', 'DE', '', 'XX'), (wanted, raw, country) => {
        const first = validateField(wanted, raw, { now, country });
        if (first.ok) expect(validateField(wanted, first.value, { now, country })).toEqual(first);
        else expect(first.problem).toMatch(/ask/);
      }),
      { numRuns: 1500 },
    );
  });

  it('reads every day of the calendar as ISO writes it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().slice(0, 10);
          expect(check('date', iso)).toBe(iso);
        },
      ),
    );
  });
});

describe('countryOf', () => {
  it.each([
    ['+14165550100', 'en-US', 'CA'],
    ['+442079460958', 'en-US', 'GB'],
    ['+999123456789', 'de-DE', 'DE'],
    ['+999123456789', 'en', 'US'],
  ])('%s with %s is in %s', (number, language, country) => {
    expect(countryOf({ number, language })).toBe(country);
  });
});
