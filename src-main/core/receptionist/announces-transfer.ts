import { english } from './transfer-words-en.ts';
import { spanish } from './transfer-words-es.ts';
import { french } from './transfer-words-fr.ts';

/**
 * How one language speaks of a hand-over. The patterns meet one sentence at a time: small letters, no accents, straight
 * apostrophes.
 */
export interface TransferWords {
  /** The hand-over happens now, whatever else the sentence gives as its reason or aim. */
  announcements: readonly RegExp[];
  /** The hand-over happens now if the whole sentence says no more than that: "I'll get a technician", but not "… to come out". */
  bareAnnouncements: readonly RegExp[];
  /** Offers: together with "one moment" they announce. */
  offers: readonly RegExp[];
  /** Asks the caller to wait. */
  hold: RegExp;
  /** A refusal, a condition, a question, a later time, a thing instead of a person. */
  takenBack: readonly RegExp[];
  /** What tells why, or what the person does; it takes nothing back. */
  asides: readonly RegExp[];
}

const languages: readonly TransferWords[] = [english, french, spanish];

/**
 * Whether what the AI said (in English, French or Spanish) tells the caller that they are being handed over to a person now. An
 * offer, a refusal, a condition, a plan for later or a tale of the past does not, and neither does a text that ends with a
 * question to the caller.
 */
export function announcesTransfer(text: string): boolean {
  const sentences = sentencesOf(text);
  if (sentences.at(-1)?.endsWith('?')) return false;
  return languages.some((language) => announces(sentences, language));
}

function announces(sentences: readonly string[], words: TransferWords): boolean {
  const holds = sentences.some((sentence) => words.hold.test(sentence));
  return sentences.some((sentence) => {
    if (sentence.endsWith('?')) return false;
    const told = words.asides.reduce((rest, aside) => rest.replace(aside, ''), sentence);
    const speaks = (patterns: readonly RegExp[], of: string): boolean =>
      patterns.some((pattern) => pattern.test(of));
    if (speaks(words.takenBack, told)) return false;
    return (
      speaks(words.announcements, told) ||
      speaks(words.bareAnnouncements, sentence) ||
      (holds && speaks(words.offers, told))
    );
  });
}

function sentencesOf(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[’‘`]/g, "'")
      .replaceAll(/\s+/g, ' ')
      // "…, okay?" asks nothing
      .replaceAll(/[,.] ¿?(?:okay|ok|alright|all right|d'accord|vale|de acuerdo|esta bien) ?\?/g, '.')
      .match(/[^.!?;…]+[.!?;…]*/g)
      ?.map((sentence) => sentence.trim())
      .filter((sentence) => /\w/.test(sentence)) ?? []
  );
}
