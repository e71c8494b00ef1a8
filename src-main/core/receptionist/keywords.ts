/** Words that say nothing about what a sentence is about. */
const idle = new Set(
  `a an and any are as ask asking asks at be been being by call caller calling calls can could do does for from get give had
  has have he her his i if in is it like me mention mentioning mentions my need needs no not of on one or our person's
  please really report reports say saying says she should some something talk talks tell tells that the their them there they this to
  up us want wanting wants was we were when where which who will with would you your about describes has have having looks
  looking sounds very into out over than then just also because but only so such`.split(/\s+/),
);

const personWords =
  'person|human|human being|someone|somebody|agent|representative|rep|operator|receptionist|colleague|manager|owner|boss|supervisor|staff|member of staff|team|technician|people';
const personAsked = new RegExp(
  `\\b(?:speak|talk|connect|transfer|put|pass|chat|get|reach|hand|want|need|like|give)\\b[^.!?]{0,40}\\b(?:${personWords})\\b|\\b(?:real|actual|live) (?:${personWords})\\b|^(?:a |an )?(?:${personWords})(?: please)?[.!]?$|\\b(?:transfer|connect) me\\b|\\bput me through\\b`,
);
const personRefused =
  /\b(?:don't|do not|no need to|needn't|rather not|not)\b[^.!?]{0,25}\b(?:speak|talk|connect|transfer|person|human|someone|anyone)\b/;

export function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[’‘`]/g, "'").replaceAll(/\s+/g, ' ').trim();
}

/** Whether the caller asks for a person. */
export function asksForPerson(text: string): boolean {
  const said = plain(text);
  return personAsked.test(said) && !personRefused.test(said);
}

/** Whether a trigger's sentence is about callers who ask for a person. */
export function isAboutAskingForPerson(trigger: string): boolean {
  return personAsked.test(plain(trigger));
}

/**
 * Whether the caller's words hold what a sentence of the operator's is about. Its parts between "or" and commas are alternatives; all
 * telling words of one of them must be there, in any form ("complain" for "a complaint").
 */
export function speaksOf(text: string, sentence: string): boolean {
  const said = wordsOf(text);
  return plain(sentence)
    .split(/\bor\b|[,;:/]/)
    .map((part) => wordsOf(part).filter((word) => !idle.has(word)))
    .some(
      (needed) => needed.length > 0 && needed.every((word) => said.some((heard) => isSameWord(word, heard))),
    );
}

/** The first of these names that the text holds as a whole. */
export function namedIn(text: string, names: readonly string[]): string | undefined {
  const said = ` ${wordsOf(text).join(' ')} `;
  return names.find((name) => {
    const words = wordsOf(name).join(' ');
    return words !== '' && said.includes(` ${words} `);
  });
}

function wordsOf(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}']+/gu) ?? [];
}

function isSameWord(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short === long || `${short}s` === long) return true;
  let common = 0;
  while (common < short.length && short[common] === long[common]) common++;
  return common >= 4 && common / short.length >= 0.75 && long.length - common <= 4;
}
