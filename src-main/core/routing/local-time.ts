/** One for each zone: they are dear to make, and many schedules are of one zone. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The clocks on the walls of a time zone. Local times are Unix milliseconds of the same wall clock in UTC. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;

  /** @param timeZone a name of the IANA database @throws RangeError when there is no such zone. */
  constructor(timeZone: string) {
    this.#format = formats.get(timeZone) ?? newFormat(timeZone);
  }

  /** What the clocks are ahead of UTC by at this moment, in milliseconds. */
  offsetAt(at: number): number {
    const read: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(at)) read[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return local - Math.floor(at / 1000) * 1000;
  }

  localOf(at: number): number {
    return at + this.offsetAt(at);
  }

  /** The first moment after `from`, and not after `to`, at which the clocks are put forward or back; null: they are not. */
  nextShift(from: number, to: number): number | null {
    const offset = this.offsetAt(from);
    for (let before = from; before < to; ) {
      const after = Math.min(before + shiftsApart, to);
      if (this.offsetAt(after) !== offset) return this.#shiftBetween(before, after, offset);
      before = after;
    }
    return null;
  }

  /** At `before` the clocks are ahead by `offset`, at `after` they are not. */
  #shiftBetween(before: number, after: number, offset: number): number {
    let earliest = before;
    let latest = after;
    while (latest - earliest > 1) {
      const middle = Math.floor((earliest + latest) / 2);
      if (this.offsetAt(middle) === offset) earliest = middle;
      else latest = middle;
    }
    return latest;
  }
}

/** No time zone puts its clocks forward and back again within a day. */
const shiftsApart = 12 * 60 * 60 * 1000;

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
