import type { TranscriptLine } from '../../../src-preload/contract/calls.ts';
import type { Message } from './language-model.ts';

/** Stands first, because some providers want a conversation to begin with the other side. */
const callBegins = '[The phone rings and you pick up.]';

/** The conversation so far as a model reads it: caller and AI take turns, lines of one side in a row become one message. */
export function toMessages(transcript: readonly TranscriptLine[]): Message[] {
  const turns: { who: TranscriptLine['who']; text: string }[] = [];
  for (const line of transcript) {
    const text =
      line.interrupted === true ? `${line.text} [interrupted by the caller]`.trim() : line.text.trim();
    if (text === '') continue;
    const last = turns.at(-1);
    if (last?.who === line.who) last.text += `\n${text}`;
    else turns.push({ who: line.who, text });
  }
  const messages = turns.map(({ who, text }) => (who === 'caller' ? callerMessage(text) : aiMessage(text)));
  return turns[0]?.who === 'caller' ? messages : [callerMessage(callBegins), ...messages];
}

export function callerMessage(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] };
}

function aiMessage(text: string): Message {
  return { role: 'assistant', content: [{ type: 'text', text }] };
}
