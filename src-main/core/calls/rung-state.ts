import type { CallFact, CallView, DialResult } from '../../../src-preload/contract/calls.ts';

/** What the facts about rung destinations make of a call: part of the reducer, and as pure. */

type Rung = CallView['rung'][number];
type FactOf<T extends CallFact['type']> = Extract<CallFact, { type: T }>;

/** How many dials a call has had; a dial of several numbers at once is one. */
export function dialsOf(rung: readonly Rung[]): number {
  return rung.at(-1)?.dial ?? 0;
}

/** The phone that says most about a call: who takes it, or is being asked, or still rings; else who was rung last. */
export function tellingPhone(rung: readonly Rung[]): Rung | undefined {
  return (
    rung.find(({ status }) => status === 'answered' || status === 'in-progress') ??
    rung.find(({ status }) => status === 'screening') ??
    rung.find(isOpen) ??
    rung.at(-1)
  );
}

/** What has ended changes no more. */
const isOpen = ({ endedAt }: Rung): boolean => endedAt === null;

export function dialStarted(call: CallView, fact: FactOf<'dial.started'>, at: number): Partial<CallView> {
  const dial = dialsOf(call.rung) + 1;
  const begun = (fact.together ?? [fact.destination]).map(
    (destination): Rung => ({
      destination,
      dial,
      startedAt: at,
      endedAt: null,
      ringSeconds: fact.ringSeconds,
      screened: fact.screen ?? false,
      warm: fact.warm ?? false,
      choice: null,
      legSid: null,
      status: 'ringing',
    }),
  );
  return {
    rung: [...call.rung, ...begun],
    ...(call.phase === 'ended' ? {} : { phase: 'ringing' as const }),
  };
}

/**
 * Twilio's statuses arrive in any order. One that says that somebody picked up moves the call, unless that human is to hear
 * or press something first. Where several ring at once, or over REST, a leg also tells how it ended: the end of the dial
 * speaks for all of them.
 */
export function legChanged(call: CallView, fact: FactOf<'leg.changed'>, at: number): Partial<CallView> {
  const { destination, legSid, status } = fact;
  const known = change(call, { ...fact, destination }, (rung) => ({ ...rung, legSid }));
  if (status === 'in-progress' || status === 'answered') {
    return pickedUp({ ...call, ...known }, fact);
  }
  const ofDial = call.rung.filter(({ dial }) => dial === dialOf(call, fact));
  const isWarm = ofDial.some(({ warm }) => warm);
  if ((ofDial.length > 1 || isWarm) && (status === 'busy' || status === 'no-answer' || status === 'failed')) {
    return { ...known, ...legEnded({ ...call, ...known }, fact, at, status) };
  }
  if (isWarm && (status === 'completed' || status === 'canceled')) {
    const ended = status === 'completed' ? 'no-answer' : status;
    // Whoever joined the caller was there, and leaves with the end of the dial.
    return change({ ...call, ...known }, fact, (rung) =>
      rung.status === 'in-progress' ? rung : { ...rung, endedAt: at, status: ended },
    );
  }
  return known;
}

export function legEnded(
  call: CallView,
  fact: { destination: string; dial?: number | undefined },
  at: number,
  status: DialResult,
): Partial<CallView> {
  return change(call, fact, (rung) => ({ ...rung, endedAt: at, status }));
}

export function legPlaced(call: CallView, fact: FactOf<'leg.placed'>): Partial<CallView> {
  return change(call, fact, (rung) => ({ ...rung, legSid: fact.legSid }));
}

/** The same phones ring again, as if the dial had never been warm. */
export function warmFailed(call: CallView, { dial }: FactOf<'warm.failed'>): Partial<CallView> {
  return { rung: call.rung.map((rung) => (rung.dial === dial ? { ...rung, warm: false } : rung)) };
}

/** The caller waits on. */
export function legParted(call: CallView, fact: FactOf<'leg.parted'>, at: number): Partial<CallView> {
  return { ...legEnded(call, fact, at, 'no-answer'), ...phaseAfter(call, false) };
}

/** The first who joins the caller has the call. */
export function legJoined(call: CallView, fact: FactOf<'leg.joined'>, at: number): Partial<CallView> {
  return {
    rung: call.rung.map((rung) => {
      if (rung.dial !== fact.dial || !isOpen(rung)) return rung;
      return rung.destination === fact.destination
        ? { ...rung, status: 'in-progress' as const }
        : { ...rung, endedAt: at, status: 'canceled' as const };
    }),
    ...(call.phase === 'ringing' ? { phase: 'connected' as const } : {}),
  };
}

function pickedUp(call: CallView, fact: FactOf<'leg.changed'>): Partial<CallView> {
  let isConnected = false;
  const changed = change(call, fact, (rung) => {
    if (rung.status !== 'ringing') return rung;
    isConnected = !rung.screened && !rung.warm;
    return { ...rung, status: isConnected ? 'in-progress' : 'screening' };
  });
  return {
    rung: changed.rung ?? call.rung,
    ...(isConnected && call.phase === 'ringing' ? { phase: 'connected' as const } : {}),
  };
}

/** Somebody picked up and hears who calls. Without a key and a conference, nothing follows but the caller. */
export function heardWhoCalls(
  call: CallView,
  fact: FactOf<'screen.asked' | 'briefing.said'>,
): Partial<CallView> {
  return change(call, fact, (rung) =>
    rung.status === 'ringing' && (rung.screened || rung.warm)
      ? { ...rung, status: 'screening' as const }
      : rung,
  );
}

export function screenAnswered(
  call: CallView,
  fact: FactOf<'screen.answered'>,
  at: number,
): Partial<CallView> {
  if (fact.late === true) return {};
  const { choice } = fact;
  if (choice !== 'take') {
    return change(call, fact, (rung) => ({ ...rung, choice, endedAt: at, status: 'no-answer' as const }));
  }
  const taker = openOne(call, fact);
  if (taker?.warm === true) return change(call, fact, (rung) => ({ ...rung, choice }));
  return {
    ...change(call, fact, (rung) => ({ ...rung, choice, status: 'in-progress' as const })),
    ...(call.phase === 'ringing' ? { phase: 'connected' as const } : {}),
  };
}

/** The result is that of who took the call; those that rang beside it were stopped. Else all of them share it. */
export function dialEnded(call: CallView, fact: FactOf<'dial.ended'>, at: number): Partial<CallView> {
  const { destination, result } = fact;
  const dial = dialOf(call, fact);
  return {
    rung: call.rung.map((rung) => {
      if (rung.dial !== dial || !isOpen(rung)) return rung;
      const status = result === 'answered' && rung.destination !== destination ? 'canceled' : result;
      return { ...rung, endedAt: at, status };
    }),
    ...phaseAfter(call, result === 'answered'),
    waiting: null,
  };
}

function phaseAfter(call: CallView, isConnected: boolean): Partial<CallView> {
  if (isConnected && call.phase !== 'ended') return { phase: 'connected' };
  // Somebody was there, but not for the caller: a briefing was cut short.
  return !isConnected && call.phase === 'connected' ? { phase: 'ringing' } : {};
}

/** The call is over: what still rang stops, and who was there has spoken. */
export function callEnded(call: CallView, at: number): Rung[] {
  return call.rung.map((rung) => {
    if (!isOpen(rung)) return rung;
    return { ...rung, endedAt: at, status: rung.status === 'in-progress' ? 'answered' : 'canceled' };
  });
}

function openOne(call: CallView, fact: { destination: string; dial?: number | undefined }): Rung | undefined {
  const dial = dialOf(call, fact);
  return call.rung.find(
    (rung) => rung.dial === dial && rung.destination === fact.destination && isOpen(rung),
  );
}

/** Changes the open destination that a fact is about. */
function change(
  call: CallView,
  fact: { destination: string; dial?: number | undefined },
  by: (rung: Rung) => Rung,
): Partial<CallView> {
  const open = openOne(call, fact);
  if (open === undefined) return {};
  return { rung: call.rung.map((rung) => (rung === open ? by(rung) : rung)) };
}

/** Older facts name no dial: theirs is the destination's open one. */
function dialOf(call: CallView, fact: { destination: string; dial?: number | undefined }): number {
  if (fact.dial !== undefined) return fact.dial;
  return call.rung.find((rung) => rung.destination === fact.destination && isOpen(rung))?.dial ?? 0;
}
