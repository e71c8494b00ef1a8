/** What the operator and the caller hear when a promise is kept. */
export interface CallbackWords {
  /** To the operator, who presses a key to go on. */
  ask(caller: string, reason: string): string;
  noKey: string;
  /** To the operator when the caller does not pick up. */
  notReached: string;
  /** The operator pressed a key, but this call back is not known any more. */
  over: string;
}

const english: CallbackWords = {
  ask: (caller, reason) =>
    `This is Patchbay. You promised to call ${caller} back${reason === '' ? '' : `: ${reason}`}. Press any key and I connect you.`,
  noKey: 'No key was pressed, so nobody is called. Goodbye.',
  notReached: 'Nobody picked up there. The promise stays on your list. Goodbye.',
  over: 'This call back is over already. Start it again from your list. Goodbye.',
};

const french: CallbackWords = {
  ask: (caller, reason) =>
    `Ici Patchbay. Vous avez promis de rappeler ${caller}${reason === '' ? '' : ` : ${reason}`}. Appuyez sur une touche et je vous mets en relation.`,
  noKey: 'Aucune touche n’a été pressée, personne n’est appelé. Au revoir.',
  notReached: 'Personne n’a répondu. La promesse reste sur votre liste. Au revoir.',
  over: 'Ce rappel est déjà terminé. Relancez-le depuis votre liste. Au revoir.',
};

const spanish: CallbackWords = {
  ask: (caller, reason) =>
    `Aquí Patchbay. Prometió devolver la llamada a ${caller}${reason === '' ? '' : `: ${reason}`}. Pulse una tecla y le comunico.`,
  noKey: 'No se ha pulsado ninguna tecla, no se llama a nadie. Adiós.',
  notReached: 'Nadie ha contestado. La promesa sigue en su lista. Adiós.',
  over: 'Esta llamada ya ha terminado. Iníciela de nuevo desde su lista. Adiós.',
};

const byLanguage: Readonly<Record<string, CallbackWords>> = { en: english, fr: french, es: spanish };

/** @param language a BCP 47 tag; languages that are not here are spoken to in English. */
export function callbackWordsFor(language: string): CallbackWords {
  return byLanguage[language.split('-')[0]?.toLowerCase() ?? ''] ?? english;
}
