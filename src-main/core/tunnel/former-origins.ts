/** An origin that was proven to lead here, and when that was last seen. Unix milliseconds. */
export interface ProvenOrigin {
  origin: string;
  provenAt: number;
}

/** Longer than a call can last at Twilio (24 hours), and than the time from one proof to the next. */
const rememberedForMs = 26 * 60 * 60_000;

/** Free tunnels may get another address with each start. */
const mostRemembered = 8;

/** The list with this origin first, as of now. */
export function withProven(
  known: readonly ProvenOrigin[],
  origin: string,
  now: number,
): readonly ProvenOrigin[] {
  const others = known.filter((former) => former.origin !== origin && isInUse(former, now));
  return [{ origin, provenAt: now }, ...others].slice(0, mostRemembered);
}

/** The origins under which a call that is still going on may have begun, the latest first. */
export function originsInUse(known: readonly ProvenOrigin[], now: number): string[] {
  return known.filter((former) => isInUse(former, now)).map(({ origin }) => origin);
}

function isInUse({ provenAt }: ProvenOrigin, now: number): boolean {
  return now - provenAt <= rememberedForMs;
}
