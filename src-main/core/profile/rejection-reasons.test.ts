import { describe, expect, it } from 'vitest';
import { rejectionReasons } from './rejection-reasons.ts';

/** In the shape of the example in Twilio's documentation of Evaluations. */
const business = {
  friendly_name: 'Business',
  object_type: 'business',
  passed: false,
  failure_reason: 'A Business End-User is missing.',
  error_code: 22214,
  valid: [],
  invalid: [
    {
      friendly_name: 'Business Name',
      object_field: 'business_name',
      failure_reason: 'The Business Name is missing.',
      error_code: 22215,
    },
  ],
  requirement_friendly_name: 'Business',
  requirement_name: 'business_info',
};
const address = {
  friendly_name: 'Excerpt showing the address',
  passed: false,
  failure_reason: null,
  error_code: null,
  valid: [],
  invalid: [
    { friendly_name: 'Address sid(s)', failure_reason: 'The Address is missing.', error_code: '22219' },
  ],
  requirement_friendly_name: 'Proof of Address',
};
const passed = { ...address, passed: true, requirement_friendly_name: 'Passed', invalid: [] };

const evaluationOf = (results: unknown, dateCreated: unknown = new Date(1000), status = 'noncompliant') => ({
  status,
  results,
  dateCreated,
});
const noWords = () => undefined;

describe('why a profile was rejected', () => {
  it('names each requirement and each field with Twilio’s reason', () => {
    expect(rejectionReasons([evaluationOf([business, passed, address])], [], noWords)).toEqual([
      { says: 'Business: A Business End-User is missing.', code: 22214 },
      { says: 'Business, Business Name: The Business Name is missing.', code: 22215 },
      { says: 'Proof of Address, Address sid(s): The Address is missing.', code: 22219 },
    ]);
  });

  it('goes by the latest evaluation', () => {
    const evaluations = [
      evaluationOf([business], new Date(1000)),
      evaluationOf([address], new Date(3000)),
      evaluationOf([business], 'no date'),
    ];
    expect(rejectionReasons(evaluations, [], noWords).map(({ code }) => code)).toEqual([22219]);
    const compliant = evaluationOf([business], new Date(4000), 'compliant');
    expect(rejectionReasons([...evaluations, compliant], [], noWords)).toEqual([]);
  });

  it('adds the profile’s own codes, in words where there are some', () => {
    const words = (code: number) => (code === 18601 ? 'The business is registered already.' : undefined);
    expect(rejectionReasons([evaluationOf([business])], [18601, 22215, 18999], words).slice(2)).toEqual([
      { says: 'The business is registered already.', code: 18601 },
      {
        says: 'Twilio gives the code 18999; see https://www.twilio.com/docs/api/errors/18999.',
        code: 18999,
      },
    ]);
  });

  it('says the same thing once', () => {
    expect(rejectionReasons([evaluationOf([business, business])], [], noWords)).toHaveLength(2);
  });

  it('says that there was no reason rather than nothing', () => {
    const mute = { friendly_name: 'Business', passed: false };
    expect(rejectionReasons([evaluationOf([mute])], [], noWords)).toEqual([
      { says: 'Business: Twilio gave no reason.', code: null },
    ]);
  });

  it.each([[null], [undefined], ['text'], [[null, 3, 'x', {}, { invalid: 'none', passed: 'maybe' }]], [{}]])(
    'does not mind results like %j',
    (results) => {
      expect(rejectionReasons([evaluationOf(results), null, 'x'], [], noWords)).toEqual([]);
    },
  );
});
