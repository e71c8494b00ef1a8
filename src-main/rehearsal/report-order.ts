/** In which order the reports about a leg are delivered. */
export class ReportOrder<T> {
  readonly #shuffles: boolean;
  readonly #deliver: (report: T) => void;
  readonly #held: T[] = [];

  /** @param shuffles two by two the wrong way round, and each twice, as a bad day at Twilio would have it. */
  constructor(shuffles: boolean, deliver: (report: T) => void) {
    this.#shuffles = shuffles;
    this.#deliver = deliver;
  }

  add(report: T, isLast: boolean): void {
    if (!this.#shuffles) {
      this.#deliver(report);
      return;
    }
    this.#held.push(report);
    if (this.#held.length < 2 && !isLast) return;
    const late = this.#held.splice(0).reverse();
    for (const again of [...late, ...late]) this.#deliver(again);
  }
}
