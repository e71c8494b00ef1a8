/** Who a caller is handed over to. */
const someone =
  '(?:you|your call|the call|this call|someone|somebody|a person|a human|a colleague|one of (?:our|my|the)|our|my|the)';
const handOver =
  '(?:connect(?:ing)?|transfer(?:ring)?|forward(?:ing)?|patch(?:ing)?|redirect(?:ing)?|hand(?:ing)?|put(?:ting)?|pass(?:ing)?|switch(?:ing)?)';
/** "put", "pass" and "hand" are hand-overs only with the caller in them and a direction behind. */
const handingOver =
  `(?:(?:connect(?:ing)?|transfer(?:ring)?|forward(?:ing)?|redirect(?:ing)?) (?:${someone}|to )` +
  '|patch(?:ing)? (?:you|your call|the call) (?:through|in|over)' +
  '|put(?:ting)? (?:you|your call|the call) (?:right |straight )?(?:through|on (?:with|to)|in touch|over)' +
  '|(?:pass(?:ing)?|hand(?:ing)?|switch(?:ing)?|send(?:ing)?|bring(?:ing)?) (?:you|your call|the call) (?:right |straight )?(?:over|on|along|across|through|to)\\b' +
  '|(?:get(?:ting)?|bring(?:ing)?) (?:you )?(?:someone|somebody|a (?:person|human|colleague|team member|manager)|one of (?:our|my|the) (?:team|staff|people|colleagues)|the (?:owner|manager|team))\\b(?! to (?:call|ring|phone|text|contact|email|get back|reach|follow))' +
  '|get(?:ting)? you (?:over |through |connected |on (?:the line|the phone) )?(?:to|with|connected|through|over)\\b)';

const will =
  "(?:i'?ll|i will|i'?m going to|i am going to|i'?m gonna|we'?ll|we will|we'?re going to|let me|allow me to|i'?m about to|i can go ahead and|i'?d be (?:happy|glad) to)";
const adverbs =
  '(?:(?:just|now|right|gladly|happily|go ahead and|be|also|then|quickly|immediately|directly|try to|try and|happily) )*';

const announcements = [
  // "I'll connect you", "let me transfer you", "I'm going to put you through"
  new RegExp(`\\b${will} ${adverbs}${handingOver}`),
  // "I'm connecting you now", "we are transferring your call"
  new RegExp(`\\b(?:i'?m|i am|we'?re|we are) ${adverbs}${handingOver}`),
  // "Connecting you now.", "Okay, putting you through.", "Transferring you to billing."
  new RegExp(
    `(?:^|[,:] |and )(?:(?:now|just|okay|ok|alright|sure|great|perfect) )*(?=\\w+ing\\b)${handingOver}`,
  ),
  // "you're being transferred", "your call is being connected", "you will be connected"
  /\b(?:you'?re|you are|you'?ll be|you will be|your call is|your call will be|the call is) (?:now |just |about to be )*(?:being )?(?:now )?(?:connected|transferred|forwarded|put through|patched through|redirected)\b/,
  // "hold on while I get someone", "one moment while I find a colleague"
  /\b(?:while|as|and) (?:i|we) (?:just |now |go )*(?:get|find|fetch|grab|bring|reach|try|look for|call) (?:you )?(?:someone|somebody|a (?:person|human|colleague|team member|manager)|one of|the (?:owner|manager|team|right)|our|my)\b/,
  new RegExp(`\\b(?:while|as|and) (?:i|we) ${adverbs}${handingOver}`),
];

/** What makes a sentence an offer, a refusal or a tale of the past. */
const notAnAnnouncement = [
  /\?\s*$/,
  /\b(?:can't|cannot|can not|couldn't|won't|will not|not able to|unable to|don't|do not|didn't|did not|isn't|not going to|shouldn't|wouldn't|never|no longer|nobody|no one|without)\b/,
  /\b(?:i'm|i am|we're|we are|i'll|i will) not\b/,
  /\b(?:if|whether|unless|once|when|before|after|until|in case|as soon as)\b/,
  /\b(?:would|could|shall|should|may|might|do you|did you|want me|like me|happy to|glad to|prefer)\b/,
  /\b(?:call|ring|phone|get back to|contact|reach) you back\b|\bcall back\b/,
  /\b(?:pass|send|forward|hand)(?:ing)? (?:on |along )?(?:your|the|that|this|a|it) ?(?:message|note|details|request|information|number|email)?\b.*\b(?:message|note|details|request|information|number|email)\b/,
];

/** An announcement that stands whatever else its sentence says before it: "If that is all right, I'll connect you now". */
const now = new RegExp(
  `\\b${will} ${adverbs}${handingOver}[^.?!]*\\b(?:now|right away|straight away|immediately)\\b`,
);

/**
 * Whether what the AI said (in English) tells the caller that they are being handed over to a person now. An offer, a
 * question, a refusal or a tale of the past does not.
 */
export function announcesTransfer(text: string): boolean {
  return sentencesOf(text).some(
    (sentence) =>
      announcements.some((pattern) => pattern.test(sentence)) &&
      !notAnAnnouncement.some((pattern) => pattern.test(sentence)),
  );
}

function sentencesOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll(/[’‘`]/g, "'")
      .replaceAll(/\s+/g, ' ')
      .match(/[^.!?;…\n]+[.!?;…]*/g) ?? []
  ).map((sentence) => sentence.trim());
}
