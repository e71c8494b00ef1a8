import { describe, expect, it } from 'vitest';
import { netFunction } from './net-function.ts';
import { answer, businessNumber, config, staticNumber } from './test-support.ts';
import {
  afterUrlOf,
  answersAsWanted,
  isNetPage,
  type Sighting,
  secondsBeforeFallback,
  whatWouldHappen,
} from './what-would-happen.ts';

const netUrl = 'https://patchbay-net-1234.twil.io/answer';
const voiceUrl = 'https://patchbay.example/twilio/voice#ct=2000&rt=5000&tt=8000&rc=1';
const { version } = netFunction([answer()], 'Not set up.');
const page = (body: string, status = 200) => ({
  status,
  contentType: 'text/xml',
  body: `<Response>${body}</Response>`,
});
const dial = (destination = staticNumber, of = version) =>
  page(
    `<Dial action="/answer?step=after&amp;version=${of}" timeout="25"><Number>${destination}</Number></Dial>`,
  );

const sighting = (changes: Partial<Sighting> = {}): Sighting => ({
  number: businessNumber,
  workflowId: 'reception',
  config: { sid: 'PN1', ...config({ voiceUrl, voiceFallbackUrl: netUrl }) },
  ownVoiceUrl: voiceUrl,
  netUrl,
  wanted: answer(),
  workflowExists: true,
  version,
  first: dial(),
  after: page('<Say>Nobody can take your call.</Say><Hangup/>'),
  ...changes,
});
const configured = (changes: Partial<Sighting['config']>) =>
  sighting({ config: { ...sighting().config, ...changes }, first: null, after: null });

describe('whatWouldHappen', () => {
  it('tells what a caller lives through', () => {
    expect(whatWouldHappen(sighting())).toEqual({
      number: businessNumber,
      workflowId: 'reception',
      verdict: 'ok',
      says: [
        'If this computer vanished, a call to +14165550100 would wait for Patchbay, 8 s at most.',
        'Then +14165551234 would ring for 25 s.',
        'If nobody picked up, the caller would hear “Nobody can take your call”.',
      ],
      destination: staticNumber,
      problem: null,
    });
  });

  it('sees a net that still rings the old number', () => {
    const found = whatWouldHappen(sighting({ first: dial('+14165559999', 'old') }));
    expect(found).toMatchObject({ verdict: 'broken', destination: '+14165559999' });
    expect(found.problem?.says).toBe(
      'The net still rings +14165559999, but the static number is +14165551234.',
    );
    expect(found.says[1]).toBe('Then +14165559999 would ring for 25 s.');
  });

  it.each([
    ['no voice URL', { voiceUrl: '' }, /has no voice URL/],
    ['no fallback URL', { voiceFallbackUrl: '' }, /has no fallback URL/],
    [
      'another fallback URL',
      { voiceFallbackUrl: 'https://other.example/x' },
      /is at other\.example and not the net’s/,
    ],
    ['a fallback URL that is none', { voiceFallbackUrl: 'nonsense' }, /is at an address that is no URL/],
    ['a TwiML app', { voiceApplicationSid: 'AP1' }, /leads to a TwiML app/],
    ['a trunk', { trunkSid: 'TK1' }, /leads to a SIP trunk/],
  ])('finds %s broken and says where to mend it', (_what, changes, says) => {
    const found = whatWouldHappen(configured(changes));
    expect(found).toMatchObject({ verdict: 'broken', destination: null });
    expect(found.problem?.says).toMatch(says);
    expect(found.problem?.link).toContain('PN1');
  });

  it.each([
    ['a page that is gone', page('', 404), { status: 404 }],
    ['a Function that fails', { ...page(''), status: 500 }, { status: 500 }],
    [
      'something that is no TwiML',
      { status: 200, contentType: 'text/html', body: '<html>' },
      { status: 200 },
    ],
    ['a number that the net does not know', page('<Say>Not set up.</Say><Hangup/>'), { status: null }],
    ['a dial of nobody', page('<Dial></Dial>'), { status: null }],
  ])('finds %s broken', (_what, first, problem) => {
    const found = whatWouldHappen(sighting({ first }));
    expect(found).toMatchObject({ verdict: 'broken', destination: null, problem });
    expect(found.problem?.remedy).toBe('Publish the net again.');
  });

  it.each([
    ['the voice URL is another', { ownVoiceUrl: 'https://patchbay.example/other' }, /voice URL/],
    ['the workflow is gone', { workflowExists: false }, /no longer in the desk/],
    ['other words than the desk’s would be said', { first: dial(staticNumber, 'old') }, /not the newest/],
    ['nobody tells the caller', { after: null }, /not the newest/],
    ['the page after the dial fails', { after: page('<Say>x</Say>', 500) }, /not the newest/],
  ])('warns when %s', (_what, changes, says) => {
    const found = whatWouldHappen(sighting(changes));
    expect(found).toMatchObject({ verdict: 'warning', destination: staticNumber });
    expect(found.problem?.says).toMatch(says);
  });

  it('says that the call would end without a word, where it would', () => {
    expect(whatWouldHappen(sighting({ after: null })).says[2]).toMatch(/end without a word/);
  });
});

describe('secondsBeforeFallback', () => {
  it.each([
    ['https://a.example/', 15],
    ['https://a.example/#ct=2000&rt=5000&tt=8000&rc=1', 8],
    ['https://a.example/#ct=1000&rt=1000&rc=0', 2],
    ['https://a.example/#ct=1000&rt=1500&rc=2', 8],
    ['https://a.example/#tt=60000', 15],
    ['https://a.example/#tt=-1&rc=x', 15],
    ['not a URL', 15],
    ['', 15],
  ])('of %j is %i', (url, seconds) => {
    expect(secondsBeforeFallback(url)).toBe(seconds);
  });
});

describe('the net’s page', () => {
  it('is known whatever stands behind the "#"', () => {
    expect(isNetPage(`${netUrl}#tt=8000`, netUrl)).toBe(true);
    expect(isNetPage(`${netUrl}?x=1`, netUrl)).toBe(false);
    expect(isNetPage('', null)).toBe(false);
  });

  it('names where Twilio goes on, on its own server only', () => {
    expect(afterUrlOf(dial(), netUrl)).toBe(`${netUrl}?step=after&version=${version}`);
    expect(afterUrlOf(page('<Dial action="https://other.example/">+1</Dial>'), netUrl)).toBeNull();
    expect(afterUrlOf(page('<Dial>+1</Dial>'), netUrl)).toBeNull();
    expect(afterUrlOf(page('', 404), netUrl)).toBeNull();
  });

  it('answers as wanted only with the right number, of the right version', () => {
    expect(answersAsWanted(dial(), answer(), version)).toBe(true);
    expect(answersAsWanted(dial('+14165559999'), answer(), version)).toBe(false);
    expect(answersAsWanted(dial(staticNumber, 'old'), answer(), version)).toBe(false);
    expect(answersAsWanted({ ...dial(), status: 500 }, answer(), version)).toBe(false);
    expect(answersAsWanted(page('<Say>x</Say>'), answer(), version)).toBe(false);
  });
});
