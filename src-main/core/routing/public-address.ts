import ipaddr from 'ipaddr.js';

/**
 * Which addresses Patchbay may call on the operator's behalf: https on the public internet, nothing that stands
 * behind the operator's own router or inside a cloud machine.
 */

/** Names that never lead to the public internet, with everything below them (RFC 6761, 6762, 8375, ICANN's .internal). */
const privateSuffixes = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
];

/** Host names under which cloud machines reach their own metadata, besides those that end in a private suffix. */
const metadataNames = new Set(['metadata.goog', 'metadata.azure.com']);

/** Metadata services on addresses that otherwise count as public: Azure's WireServer. */
const metadataAddresses = new Set(['168.63.129.16']);

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** Documentation (RFC 3849, 9637), ORCHID (RFC 4843, 7343) and the IETF's protocol block (RFC 2928) lie within 2000::/3. */
const reservedWithinGlobal = ['2001::/23', '2001:db8::/32', '3fff::/20', '2002::/16'].map((cidr) =>
  ipaddr.IPv6.parseCIDR(cidr),
);
/** The well-known NAT64 prefix (RFC 6052): the last 32 bits are the IPv4 address that is really called. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an IP address literal is on the public internet. IPv4 inside IPv6 (mapped, NAT64) is judged by the IPv4
 * address that it leads to; 6to4 and Teredo are refused as a whole. What is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return false;
  const parsed = ipaddr.parse(bare);
  return parsed instanceof ipaddr.IPv4 ? isPublicV4(parsed) : isPublicV6(parsed as ipaddr.IPv6);
}

function isPublicV4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !metadataAddresses.has(address.toString());
}

function isPublicV6(address: ipaddr.IPv6): boolean {
  if (address.isIPv4MappedAddress()) return isPublicV4(address.toIPv4Address());
  if (address.match(nat64)) return isPublicV4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.match(globalUnicast) && !reservedWithinGlobal.some((range) => address.match(range));
}

/**
 * Why an address of the operator's may not be called, as a part of a sentence ("must …"), or null when nothing speaks
 * against it. Judges what is written: literal addresses in every spelling that a URL allows, and names that are private
 * by rule. Other names are not resolved here; the guarded HTTP client checks what they resolve to when it connects.
 */
export function refusalOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'must be an https:// address';
  }
  if (parsed.protocol !== 'https:') return 'must be an https:// address';
  if (parsed.username !== '' || parsed.password !== '') {
    return 'must not contain a user name or password; put a secret into the path instead';
  }
  // WHATWG URL has already turned decimal, octal, hex and short IPv4 spellings into dotted form, and lower-cased names.
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  if (ipaddr.isValid(host)) {
    return isPublicAddress(host) ? null : 'must be a public address, not one of a local or reserved network';
  }
  if (!host.includes('.') || metadataNames.has(host) || hasPrivateSuffix(host)) {
    return 'must be a public address, not a name that only a local network knows';
  }
  return null;
}

function hasPrivateSuffix(host: string): boolean {
  return privateSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}
