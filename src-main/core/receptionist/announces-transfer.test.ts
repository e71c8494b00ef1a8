import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcesTransfer } from './announces-transfer.ts';

const announcing = [
  'I’ll connect you now.',
  'One moment, I’ll connect you.',
  'Let me transfer you to our billing department.',
  "I'm transferring you now.",
  'Okay, putting you through.',
  'Connecting you now.',
  'Sure, transferring you to sales.',
  'One moment while I get someone.',
  'Hold on while I get someone for you.',
  'Please hold while I transfer your call.',
  'I will put you through to Sam.',
  'I am going to put you through right away.',
  "I'm going to hand you over to a colleague who can help.",
  'Let me pass you over to our technician.',
  'I’ll go ahead and connect you with the owner.',
  'Let me get someone on the line for you.',
  'Let me get you to the right person.',
  "You're being transferred now.",
  'You will be connected to a technician.',
  'Your call is being transferred.',
  "We'll transfer you to the on-call plumber.",
  "I'll forward your call to the front desk.",
  "I'll just patch you through.",
  'I’m sorry about that. Let me connect you with a manager so you don’t have to explain it twice.',
  "I'd be happy to connect you with our team. One moment, please.",
  'I can connect you with billing. Please hold.',
  'Please stay on the line, someone will be with you shortly.',
  "That sounds urgent, so I'll connect you straight away.",
  "I'll be transferring you to Maria.",
  'I’ll connect you, okay?',
  'Bear with me while I try our technician.',
  "I'll bring in a colleague now.",
];

const notAnnouncing = [
  'I can connect you if you like.',
  'Would you like me to transfer you?',
  "I can't transfer you right now.",
  'I cannot connect you to a person at the moment.',
  'Shall I put you through?',
  'Do you want me to connect you with someone?',
  'I could transfer you to billing, or I could take a message.',
  "I won't transfer you without asking.",
  'I transferred you to billing last time.',
  'You were connected to Sam yesterday.',
  'I tried to connect you, but nobody picked up.',
  "I'm sorry, nobody could pick up. May I take a message?",
  "I'll connect you once I have your name.",
  'Before I connect you, may I have your name?',
  "I'll transfer you as soon as you tell me the address.",
  "If you'd like, I'll connect you.",
  'I will pass your message on to the team.',
  "I'll send you a text with the case number.",
  "I'll get someone to call you back this afternoon.",
  "I'll have someone call you back.",
  "I'll put you down for Tuesday.",
  'The technician will connect your boiler on Monday.',
  'You can ask for a person at any time.',
  'Your name is saved. What is your phone number?',
  "I'm not transferring you yet.",
  "I'll forward the message to Sam.",
  'When you need a person, just say so.',
  "I'd be happy to connect you. May I have your name first?",
  'A plumber will come between nine and eleven.',
  'Let me check that for you.',
  'One moment, please.',
  '',
];

describe('announcesTransfer', () => {
  it.each(announcing)('hears the announcement in “%s”', (text) => {
    expect(announcesTransfer(text)).toBe(true);
  });

  it.each(notAnnouncing)('hears none in “%s”', (text) => {
    expect(announcesTransfer(text)).toBe(false);
  });

  it('finds an announcement after any sentence that takes nothing back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...announcing), (text) =>
        announcesTransfer(`Thank you for telling me. ${text}`),
      ),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof announcesTransfer(text) === 'boolean'));
  });
});
