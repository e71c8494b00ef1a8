/** What a caller would live through with a page of TwiML, as far as the net's pages go. */
export interface HostedTwiml {
  /** What is said, in order. */
  says: string[];
  /** The first `<Dial>`; null: nobody is rung. */
  dial: { numbers: string[]; timeoutSeconds: number; action: string | null; callerId: string | null } | null;
}

/** Twilio's own, where `<Dial>` names no timeout (TwiML reference, Dial, "timeout"). */
const defaultDialSeconds = 30;

const token =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const attribute = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads TwiML leniently: verbs that it doesn't know are passed over. Null: this is no TwiML.
 * Nothing of it is executed or followed, so no XML parser is needed.
 */
export function readTwiml(xml: string): HostedTwiml | null {
  if (!/<Response\b/.test(xml)) return null;
  const found: HostedTwiml = { says: [], dial: null };
  let verb = '';
  let dialIsOpen = false;
  for (const [, closing, name, attributes, selfClosing, text] of xml.matchAll(token)) {
    if (text !== undefined) {
      const words = unescapeXml(text).trim();
      if (words === '') continue;
      if (verb === 'Say') found.says.push(words);
      else if (dialIsOpen && (verb === 'Number' || verb === 'Dial')) found.dial?.numbers.push(words);
    } else if (closing === '/') {
      if (name === 'Dial') dialIsOpen = false;
      verb = '';
    } else if (name !== undefined) {
      verb = selfClosing === '/' ? '' : name;
      if (name === 'Dial' && found.dial === null) {
        found.dial = dialOf(attributes ?? '');
        dialIsOpen = selfClosing !== '/';
      }
    }
  }
  return found;
}

function dialOf(text: string): NonNullable<HostedTwiml['dial']> {
  const attributes = new Map(
    [...text.matchAll(attribute)].map(([, name, double, single]) => [
      name ?? '',
      unescapeXml(double ?? single ?? ''),
    ]),
  );
  const timeout = Number(attributes.get('timeout'));
  return {
    numbers: [],
    timeoutSeconds: timeout > 0 ? timeout : defaultDialSeconds,
    action: attributes.get('action') ?? null,
    callerId: attributes.get('callerId') ?? null,
  };
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
