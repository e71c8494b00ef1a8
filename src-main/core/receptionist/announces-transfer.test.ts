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
  'I shall put you through now.',
  "I'm going to get Dave on the line for you.",
  "You'll be speaking with Sam in a moment, please hold.",
  "I'll let you speak to our manager now, please hold.",
  'Please stay on the line for a human.',
  "I'll connect you to our website team.",
  "I'll transfer you to our account manager.",
  "Since it's Sunday, I'll connect you with the on-call plumber.",
  "I'll connect you with Sam about your appointment on Friday.",
  "I'll transfer you now to book your visit on Friday.",
  'I will forward your call now.',
  "I'll get someone from our billing team for you.",
  'Let me get you over to sales.',
  "I'll send you through to Sam.",
  "I'll hand you off to a colleague.",
  'Let me find someone who can help you, one moment please.',
  'Je vous transfère maintenant, un instant.',
  'Je vous mets en relation avec un collègue.',
  'Je vous passe quelqu’un.',
  'Ne quittez pas, je vous passe un technicien.',
  'Je vais vous transférer, s’il vous plaît patientez.',
  'Très bien, nous allons vous mettre en relation avec notre service de facturation.',
  'Votre appel est transféré.',
  'Je peux vous passer un collègue. Un instant.',
  'Je vous transfère, d’accord ?',
  'Un momento, le paso con una persona ahora.',
  'Le transfiero ahora.',
  'Le comunico con un agente.',
  'No cuelgue, lo paso con ventas.',
  'Sí, le pongo en contacto con un técnico.',
  'Voy a transferirle ahora mismo.',
  'Permítame comunicarle con el encargado.',
  'Le voy a pasar con mi compañera.',
  'Estoy transfiriendo su llamada.',
  'Puedo pasarle con ventas. Un momento, por favor.',
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
  'I will get a technician to come out on Friday.',
  'I will get a technician to come out.',
  'I’ll get a technician who can come on Friday.',
  "I'll bring in a technician on Tuesday.",
  "I'll bring in a technician Tuesday.",
  "I'll get our technician to your house at nine.",
  'Our technician will pick up the part tomorrow.',
  'Our technician will pick up the part.',
  'Our team will take over the repair on Monday.',
  'Our team will take over the repair.',
  'Let me get you to spell your name, please.',
  'Let me get you with an appointment on Friday.',
  'Let me get you with an appointment.',
  "I'll send you over a quote by e-mail.",
  "I'll send you over a quote.",
  "I'll pass you along the details.",
  "We'll send you on Monday the invoice.",
  "I'll put you in touch by e-mail with the owner next week.",
  "I'll connect you with the owner next week.",
  'I will forward the call details to our billing team.',
  "I'll redirect you to our website for that.",
  "I'll switch you over to the annual plan.",
  "I'll transfer you the deposit.",
  "I'll connect you tomorrow.",
  'You will be speaking with Sam on Tuesday.',
  "I'll get your address on the line to the dispatcher.",
  'One moment while I call our technician to ask about the part.',
  "I'll connect you with the right information.",
  'Let me find someone who can help you.',
  "I'll send a technician over right away.",
  'Voulez-vous que je vous transfère ?',
  'Je ne peux pas vous transférer.',
  'Je peux vous transférer.',
  'Si vous voulez, je vous transfère.',
  'Je vous transfère le document par courriel.',
  'Je vous passe les détails.',
  'Je vous passe un collègue demain.',
  'Je vous mets en contact avec le technicien la semaine prochaine.',
  'Je vous redirige vers notre site.',
  'Un instant, s’il vous plaît.',
  'Je vous transfère dès que j’ai votre nom.',
  '¿Quiere que le pase con alguien?',
  'No puedo transferirle.',
  'Puedo pasarle con ventas.',
  'Si quiere, le paso con alguien.',
  'Le paso la dirección.',
  'Le comunico que estamos cerrados.',
  'Le transfiero el dinero.',
  'Le paso con el técnico mañana.',
  'Un momento, por favor.',
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

  it('stays quick on a long text that repeats its words', () => {
    const before = performance.now();
    for (const words of [
      'just now right ',
      "i'll right now gladly ",
      'le paso ahora ya mismo ',
      'get a b c on ',
    ]) {
      announcesTransfer(words.repeat(2000));
    }
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof announcesTransfer(text) === 'boolean'));
  });
});
