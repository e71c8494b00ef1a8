/** What Patchbay itself says to a caller when no model speaks, in the languages it knows; English elsewhere. */
export interface Phrases {
  notSetUp: string;
  /** After the AI failed or the connection to it broke, before a human is dialled. */
  apologyBeforeDial: string;
  /** Greets the caller again after the connection to the AI dropped. */
  resumed: string;
  /** The AI is back because nobody picked up. */
  nobodyPickedUp: string;
  leaveVoicemail: string;
  thankForMessage: string;
  noMessageHeard: string;
  sorryGoodbye: string;
  /** As above where nothing of the call can be noted, because Patchbay is not there. */
  sorryCallAgain: string;
}

const english: Phrases = {
  notSetUp: 'Sorry, this number is not set up yet. Please try again later. Goodbye.',
  apologyBeforeDial: 'Sorry, something went wrong on my side. I am connecting you to a person now.',
  resumed: 'Sorry, I lost you for a moment. Please go on.',
  nobodyPickedUp:
    'I am sorry, nobody could pick up just now. May I take a message, with your name and a number to call you back?',
  leaveVoicemail: 'I am sorry, nobody can pick up right now. Please leave a message after the tone.',
  thankForMessage: 'Thank you. Your message is recorded and somebody will call you back. Goodbye.',
  noMessageHeard: 'I did not hear a message, but your call is noted. Goodbye.',
  sorryGoodbye: 'I am sorry, nobody can take your call right now. Your call is noted. Goodbye.',
  sorryCallAgain: 'I am sorry, nobody can take your call right now. Please call again later. Goodbye.',
};

const french: Phrases = {
  notSetUp: 'Désolé, ce numéro n’est pas encore configuré. Veuillez réessayer plus tard. Au revoir.',
  apologyBeforeDial:
    'Désolé, un problème est survenu de mon côté. Je vous mets en relation avec une personne.',
  resumed: 'Désolé, je vous ai perdu un instant. Je vous écoute.',
  nobodyPickedUp:
    'Je suis désolé, personne n’a pu répondre. Puis-je prendre un message, avec votre nom et un numéro pour vous rappeler ?',
  leaveVoicemail:
    'Je suis désolé, personne ne peut répondre. Veuillez laisser un message après le signal sonore.',
  thankForMessage: 'Merci. Votre message est enregistré et quelqu’un vous rappellera. Au revoir.',
  noMessageHeard: 'Je n’ai pas entendu de message, mais votre appel est noté. Au revoir.',
  sorryGoodbye: 'Je suis désolé, personne ne peut prendre votre appel. Votre appel est noté. Au revoir.',
  sorryCallAgain:
    'Je suis désolé, personne ne peut prendre votre appel. Veuillez rappeler plus tard. Au revoir.',
};

const spanish: Phrases = {
  notSetUp: 'Lo siento, este número aún no está configurado. Inténtelo más tarde. Adiós.',
  apologyBeforeDial: 'Lo siento, algo ha fallado por mi parte. Le paso ahora con una persona.',
  resumed: 'Lo siento, le he perdido un momento. Continúe, por favor.',
  nobodyPickedUp:
    'Lo siento, nadie ha podido contestar. ¿Puedo tomar un mensaje, con su nombre y un número para devolverle la llamada?',
  leaveVoicemail: 'Lo siento, nadie puede contestar ahora. Deje un mensaje después de la señal.',
  thankForMessage: 'Gracias. Su mensaje ha quedado grabado y le devolverán la llamada. Adiós.',
  noMessageHeard: 'No he oído ningún mensaje, pero su llamada queda anotada. Adiós.',
  sorryGoodbye: 'Lo siento, nadie puede atenderle ahora. Su llamada queda anotada. Adiós.',
  sorryCallAgain: 'Lo siento, nadie puede atenderle ahora. Vuelva a llamar más tarde. Adiós.',
};

const byLanguage: Readonly<Record<string, Phrases>> = { en: english, fr: french, es: spanish };

/** @param language a BCP 47 tag such as "fr-CA"; its first part chooses. */
export function phrasesFor(language: string): Phrases {
  return byLanguage[language.split('-')[0]?.toLowerCase() ?? ''] ?? english;
}
