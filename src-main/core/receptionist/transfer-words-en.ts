import type { TransferWords } from './announces-transfer.ts';

/** The sentence, or its clause, ends here. */
const clauseEnd = '(?= ?(?:[,.!?;…:–—-]|$)| and\\b)';
const now = '(?:right |straight |now |directly |over )?';
const soon = '(?:now|right now|right away|straight away|immediately|shortly|soon|momentarily|in a moment)';

const role =
  '(?:person|human|colleagues?|team|team members?|department|manager|supervisor|owner|boss|staff|people|agents?|technicians?|plumbers?|electricians?|specialists?|experts?|representatives?|dispatchers?|receptionist|desk|office|operator)';
const colleague = `(?:someone|somebody|(?:a|an|our|my|the|one of (?:our|my|the)) (?:[\\w-]+ ){0,2}${role})`;
const target = `(?:${colleague}|sales|billing|support|accounting|accounts|reception|service|dispatch)\\b`;

/** "Your call", but not "the call details". */
const theCall = `(?:your|the|this) call(?= (?:to|over|now|right|straight|directly|immediately|through|on|along|up|with)\\b|${clauseEnd})`;
/** "You", but not "you the details". */
const caller = `(?:you\\b(?! (?:the|a|an|our|my|your|some|any|more|all|that|this|these|everything|it)\\b)|${theCall})`;

/** A hand-over as the words for it go on after "I'll": "connect you", "put you through". */
const handOver = `(?:${[
  `(?:connect|transfer|forward|redirect)(?:r?ing)? ${caller}`,
  `(?:connect|transfer)(?:r?ing)? (?:over )?to ${target}`,
  `patch(?:ing)? ${caller} (?:through|in|over)\\b`,
  `put(?:ting)? ${caller} ${now}(?:through\\b(?! (?:the|a|an|our|my|your|some|that|this|these|it)\\b)|(?:on with|on to|over to|in touch with)\\b)`,
  `(?:pass|hand|switch|send|bring)(?:ing)? ${caller} ${now}(?:(?:over|off|on|along|across|through)(?: to\\b|(?= ${soon}\\b)|${clauseEnd})|to ${target})`,
  `(?:pass|hand|switch)(?:ing)? ${caller} ${now}to\\b`,
  `get(?:ting)? ${caller} ${now}(?:through(?= to\\b| ${soon}\\b|${clauseEnd})|connected\\b|on the (?:line|phone) with\\b|(?:to|with) ${target})`,
  `get(?:ting)? (?!your\\b|that\\b|this\\b|it\\b)(?:[\\w'-]+ ){1,5}on the (?:line|phone)\\b`,
  `let(?:ting)? you (?:speak|talk) (?:to|with)\\b(?=.*\\b(?:${soon}|hold|a moment)\\b)`,
].join('|')})`;

const adverbs =
  '(?:(?:just|now|right|gladly|happily|go ahead and|be|also|then|quickly|immediately|directly|try to) )*';
const will = `\\b(?:i'll|i will|i shall|i'm going to|i am going to|i'm gonna|i'm about to|we'll|we will|we shall|we're going to|let me|let's|allow me to) ${adverbs}`;

/** What may follow "I'll get someone": anything else ("to come out", "to your house") speaks of another day. */
const bareEnd = `(?: from (?:[\\w-]+ ){0,2}[\\w-]+?)?(?= for you\\b| on the (?:line|phone)\\b| to (?:help|assist|talk to|talk with|speak to|speak with) you\\b| to take (?:your|this|the) call\\b| (?:who|that) can help\\b| ${soon}\\b|${clauseEnd})`;
const fetch = `(?:get|bring|fetch|grab)(?:t?ing)? (?:in )?${colleague}${bareEnd}`;

const weekday = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';

export const english: TransferWords = {
  announcements: [
    `${will}${handOver}`,
    `\\b(?:i'm|i am|we're|we are) ${adverbs}(?=\\w+ing\\b)${handOver}`,
    `(?:^|[,:] |\\band )(?:(?:now|just|okay|ok|alright|sure|great|perfect) )*(?=\\w+ing\\b)${handOver}`,
    `\\b(?:while|as) (?:i|we) ${adverbs}${handOver}`,
    `\\b(?:you're|you are|you'll be|you will be|your call is|your call will be|the call is) ${adverbs}(?:being )?(?:connected|transferred|forwarded|put through|patched through|redirected|handed over)\\b`,
    `\\b(?:you'll|you will|you're going to) be (?:speaking|talking) (?:to|with)\\b(?=.*\\b(?:${soon}|hold|a moment)\\b)`,
    `\\b(?:stay on the line|hold on|hold the line|please hold|hold) for ${colleague}\\b`,
  ].map((pattern) => new RegExp(pattern)),
  bareAnnouncements: [
    `${will}${fetch}`,
    `\\b(?:i'm|i am|we're|we are) ${adverbs}(?=\\w+ing\\b)${fetch}`,
    `(?:^|[,:] )(?:(?:now|just|okay|ok|sure) )*(?=\\w+ing\\b)${fetch}`,
    `\\b(?:while|as) (?:i|we) ${adverbs}(?:${fetch}|(?:find|reach|call|look for|try) ${colleague}${bareEnd})`,
    `\\b${colleague} (?:will|is going to) ${adverbs}(?:with you|take over|take (?:your|the|this) call|pick up|join(?: us| you)?)(?: (?:${soon}|from here))*${clauseEnd}`,
  ].map((pattern) => new RegExp(pattern)),
  offers: [
    new RegExp(
      `\\b(?:i can|i could|i'd be (?:happy|glad) to|i'm (?:happy|glad) to|happy to) ${adverbs}(?:${handOver}|${fetch})`,
    ),
    new RegExp(`${will}find ${colleague}${bareEnd}`),
  ],
  hold: /\b(?:one|just a|a) (?:moment|second|minute)\b|\b(?:please hold|hold on|hold the line|stay on the line|bear with me)\b/,
  takenBack: [
    /\b(?:can't|cannot|can not|couldn't|won't|will not|unable to|don't|do not|didn't|did not|isn't|not|never|no longer|nobody|no one)\b/,
    /\b(?:if|whether|unless|once|when|whenever|before|after|until|in case|as soon as) (?:\w+ing\b|you|i|we|they|he|she|it|that|this|there|someone|somebody|anyone|the|your|our|needed|necessary)\b/,
    /\b(?:would|could|should|may|might|shall (?:i|we)|do you want|want me to|like me to|instead of)\b/,
    /\bto (?:call|ring|phone|text|contact|e-?mail|get back to|follow up|reach out|look|check)\b/,
    // later, or not by phone; "now" in the same sentence outweighs it
    new RegExp(
      `^(?!.*\\b(?:now|right away|straight away|immediately)\\b).*(?:${[
        `\\b(?:on|for|by|next|this|before|until) ${weekday}\\b`,
        `\\b${weekday} (?:morning|afternoon|evening)\\b`,
        `\\b${weekday}\\W*$`,
        '\\b(?:tomorrow|tonight|later|another day|first thing)\\b',
        '\\b(?:next|this|in the) (?:week|month|morning|afternoon|evening)\\b',
        '\\bat (?:\\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\\b(?! of)|noon\\b|midday\\b)',
      ].join('|')})`,
    ),
    /\b(?:by|via|in an?) (?:e-?mail|mail|post|text|letter|message)\b/,
    // "to our website" hands nobody over; "to our website team" does
    new RegExp(
      `\\b(?:to|with|onto) (?:(?!(?:for|about|on|to|with|at|in|of|from)\\b)[\\w'-]+ ){0,3}(?:website|site|page|portal|app|link|form|faq|guide|video|plan|e-?mail|newsletter|list|survey|wi-?fi|network|internet|router|system|calendar|account|quote|invoice|appointment|information|details)\\b(?! (?:[\\w-]+ )?${role})`,
    ),
  ],
  asides: [
    /^(?:because|since|as|about|regarding) [^,]*, /,
    /\b(?:who|which|regarding|about|so (?:that|they|you|he|she)|because|since|where)\b.*$/,
  ],
};
