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
  /** Nobody could be reached, and the promise of a call back went out by text. */
  textedGoodbye: string;
  briefing: BriefingPhrases;
}

/** What the human hears who picks up. */
export interface BriefingPhrases {
  /** Who calls; null: the number is withheld. */
  calls(who: string | null): string;
  pressedZero: string;
  /** The caller's own words, when no better reason is known. */
  said(words: string): string;
  aiFailed: string;
  /** Another platform's AI has spoken to the caller and said nothing of it. */
  handsOver(platform: string): string;
  onTheForm(fields: string): string;
  /** The three keys. */
  keys: string;
  takenAlready: string;
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
  textedGoodbye:
    'I am sorry, nobody can take your call right now. I have sent you a text with a case number, and somebody will call you back. Goodbye.',
  briefing: {
    calls: (who) => `A call from ${who ?? 'a withheld number'}.`,
    pressedZero: 'The caller pressed zero to reach a person.',
    said: (words) => `The caller said: “${words}”`,
    aiFailed: 'The AI could not go on.',
    handsOver: (platform) => `The AI of ${platform} hands the caller over.`,
    onTheForm: (fields) => `On the form: ${fields}.`,
    keys: 'Press 1 to take the call, 2 to pass it on, or 3 to have a message taken.',
    takenAlready: 'Somebody else has taken the call already. Goodbye.',
  },
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
  textedGoodbye:
    'Je suis désolé, personne ne peut prendre votre appel. Je vous ai envoyé un SMS avec un numéro de dossier, et quelqu’un vous rappellera. Au revoir.',
  briefing: {
    calls: (who) => (who === null ? 'Un appel d’un numéro masqué.' : `Un appel de ${who}.`),
    pressedZero: 'La personne a appuyé sur zéro pour parler à quelqu’un.',
    said: (words) => `La personne a dit : « ${words} »`,
    aiFailed: 'L’IA n’a pas pu continuer.',
    handsOver: (platform) => `L’IA de ${platform} vous passe cette personne.`,
    onTheForm: (fields) => `Sur le formulaire : ${fields}.`,
    keys: 'Appuyez sur 1 pour prendre l’appel, sur 2 pour le passer à quelqu’un d’autre, ou sur 3 pour faire prendre un message.',
    takenAlready: 'Quelqu’un d’autre a déjà pris l’appel. Au revoir.',
  },
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
  textedGoodbye:
    'Lo siento, nadie puede atenderle ahora. Le he enviado un SMS con un número de caso y le devolverán la llamada. Adiós.',
  briefing: {
    calls: (who) => (who === null ? 'Una llamada de un número oculto.' : `Una llamada de ${who}.`),
    pressedZero: 'La persona ha pulsado cero para hablar con alguien.',
    said: (words) => `La persona ha dicho: «${words}»`,
    aiFailed: 'La IA no ha podido continuar.',
    handsOver: (platform) => `La IA de ${platform} le pasa a esta persona.`,
    onTheForm: (fields) => `En el formulario: ${fields}.`,
    keys: 'Pulse 1 para atender la llamada, 2 para pasarla a otra persona o 3 para que se tome un mensaje.',
    takenAlready: 'Otra persona ya ha atendido la llamada. Adiós.',
  },
};

const byLanguage: Readonly<Record<string, Phrases>> = { en: english, fr: french, es: spanish };

/** @param language a BCP 47 tag such as "fr-CA"; its first part chooses. */
export function phrasesFor(language: string): Phrases {
  return byLanguage[language.split('-')[0]?.toLowerCase() ?? ''] ?? english;
}
