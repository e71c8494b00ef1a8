const caller = '(?:you|your call|the call|this call)';
const colleague =
  '(?:someone|somebody|(?:a|our|my|the|one of (?:our|my|the)) (?:\\w+ )?(?:person|human|colleagues?|team|team members?|manager|owner|staff|people|agents?|technicians?|specialists?|representatives?|operator))';
const quickly = '(?:right |straight |now |directly )?';

/** A hand-over as the words for it go on after "I'll": "connect you", "put you through", "get someone". */
const handOver = `(?:${[
  `(?:connect|transfer|forward|redirect)(?:r?ing)? (?:${caller}\\b|to\\b|over\\b)`,
  `patch(?:ing)? ${caller} (?:through|in|over)\\b`,
  `put(?:ting)? ${caller} ${quickly}(?:through|on with|on to|over|in touch)\\b`,
  `(?:pass|hand|switch|send|bring)(?:ing)? ${caller} ${quickly}(?:over|on|along|across|through|to)\\b`,
  `get(?:ting)? ${caller} ${quickly}(?:over to|through|connected|on the (?:line|phone)|to|with)\\b`,
  `(?:get|bring|fetch|grab)(?:t?ing)? (?:in )?${colleague}\\b`,
].join('|')})`;

const adverbs =
  '(?:(?:just|now|right|gladly|happily|go ahead and|be|also|then|quickly|immediately|directly|try to) )*';

/** How a sentence says that it happens now. */
const announcements = [
  `\\b(?:i'll|i will|i'm going to|i am going to|i'm gonna|i'm about to|we'll|we will|we're going to|let me|let's|allow me to) ${adverbs}${handOver}`,
  `\\b(?:i'm|i am|we're|we are) ${adverbs}(?=\\w+ing\\b)${handOver}`,
  `(?:^|[,:] |\\band )(?:(?:now|just|okay|ok|alright|sure|great|perfect) )*(?=\\w+ing\\b)${handOver}`,
  `\\b(?:while|as) (?:i|we) ${adverbs}(?:(?:find|reach|call|look for|try) ${colleague}|${handOver})`,
  `\\b(?:you're|you are|you'll be|you will be|your call is|your call will be|the call is) ${adverbs}(?:being )?(?:connected|transferred|forwarded|put through|patched through|redirected|handed over)\\b`,
  `\\b${colleague} (?:will|is going to) ${adverbs}(?:with you|take over|take your call|take the call|pick up|join)\\b`,
].map((pattern) => new RegExp(pattern));

/** "I can connect you" and "I'd be happy to connect you" offer; together with "one moment" they announce. */
const offer = new RegExp(
  `\\b(?:i can|i could|i'd be (?:happy|glad) to|i'm (?:happy|glad) to|happy to) ${adverbs}${handOver}`,
);
const hold =
  /\b(?:one|just a|a) (?:moment|second|minute)\b|\b(?:please hold|hold on|hold the line|stay on the line|bear with me)\b/;

/** What turns a sentence into a refusal, a condition or an offer. */
const takenBack = [
  /\b(?:can't|cannot|can not|couldn't|won't|will not|unable to|don't|do not|didn't|did not|isn't|not|never|no longer|nobody|no one)\b/,
  /\b(?:if|whether|unless|once|when|whenever|before|after|until|in case|as soon as) (?:\w+ing\b|you|i|we|they|he|she|it|that|this|there|someone|somebody|anyone|the|your|our|needed|necessary)\b/,
  /\b(?:would|could|shall|should|may|might|do you want|want me to|like me to|instead of)\b/,
  /\bto (?:call|ring|phone|text|contact|e-?mail|get back to|follow up|reach out|look|check)\b/,
];

/** What follows these words tells why or to whom, and takes nothing back. */
const aside = /\b(?:who|which|regarding|about|so (?:that|they|you|he|she)|because|since|where)\b.*$/;

/**
 * Whether what the AI said (in English) tells the caller that they are being handed over to a person now. An offer, a
 * refusal, a condition or a tale of the past does not, and neither does a text that ends with a question to the caller.
 */
export function announcesTransfer(text: string): boolean {
  const sentences = sentencesOf(text);
  if (sentences.at(-1)?.endsWith('?')) return false;
  const holds = sentences.some((sentence) => hold.test(sentence));
  return sentences.some((sentence) => {
    const told = sentence.replace(aside, '');
    if (takenBack.some((pattern) => pattern.test(told))) return false;
    return announcements.some((pattern) => pattern.test(told)) || (holds && offer.test(told));
  });
}

function sentencesOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll(/[’‘`]/g, "'")
      .replaceAll(/\s+/g, ' ')
      // "…, okay?" asks nothing
      .replaceAll(/[,.] (?:okay|ok|alright|all right)\?/g, '.')
      .match(/[^.!?;…]+[.!?;…]*/g)
      ?.map((sentence) => sentence.trim())
      .filter((sentence) => /\w/.test(sentence)) ?? []
  );
}
