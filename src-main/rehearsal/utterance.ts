/**
 * What the AI is saying, as the caller hears it: words come in pieces, faster than they are spoken, and are spoken
 * one after the other. All times are milliseconds of the same clock.
 */
export class Utterance {
  #text = '';
  #pieces: { from: number; startsAt: number; endsAt: number }[] = [];
  #complete = false;
  readonly #msPerCharacter: number;

  constructor(msPerCharacter: number) {
    this.#msPerCharacter = msPerCharacter;
  }

  get text(): string {
    return this.#text;
  }

  /** Whether the AI has said that nothing more comes. */
  get complete(): boolean {
    return this.#complete;
  }

  get startedAt(): number | undefined {
    return this.#pieces[0]?.startsAt;
  }

  /** When the words that have come so far are spoken. */
  get spokenAt(): number {
    return this.#pieces.at(-1)?.endsAt ?? 0;
  }

  add(words: string, last: boolean, now: number): void {
    if (words !== '') {
      const startsAt = Math.max(now, this.spokenAt);
      this.#pieces.push({
        from: this.#text.length,
        startsAt,
        endsAt: startsAt + words.length * this.#msPerCharacter,
      });
      this.#text += words;
    }
    this.#complete ||= last;
  }

  /** Whether everything has been heard. */
  isOver(now: number): boolean {
    return this.#complete && now >= this.spokenAt;
  }

  /** When the first `count` words will have been heard; undefined when they have not come yet. */
  heardWordsAt(count: number): { at: number; words: string } | undefined {
    const words = this.#text.match(new RegExp(`^\\s*(\\S+\\s+){${Math.max(0, count - 1)}}\\S+`))?.[0];
    if (words === undefined || (words.length === this.#text.length && !this.#complete)) return undefined;
    const piece = this.#pieces.findLast(({ from }) => from < words.length);
    if (piece === undefined) return undefined;
    return { at: piece.startsAt + (words.length - piece.from) * this.#msPerCharacter, words: words.trim() };
  }
}
