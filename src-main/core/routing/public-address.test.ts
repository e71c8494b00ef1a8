import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, refusalOf } from './public-address.ts';

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    'allows %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      'fc00::1',
      'fd12:3456::1',
      '::ffff:10.0.0.1',
    ],
    ...[
      '169.254.1.1',
      '169.254.169.254',
      'fe80::1',
      'fe80::1%eth0',
      'fd00:ec2::254',
      '::ffff:169.254.169.254',
    ],
    ...['100.64.0.1', '100.100.100.200', '100.127.255.255', '192.0.0.192', '168.63.129.16'],
    ...[
      '224.0.0.1',
      '239.255.255.255',
      'ff02::1',
      '0.0.0.0',
      '0.1.2.3',
      '::',
      '255.255.255.255',
      '240.0.0.1',
    ],
    ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
    ...[
      '2002:7f00:1::',
      '2002:808:808::',
      '2001:0:4136:e378::',
      '64:ff9b:1::1',
      '::7f00:1',
      'fec0::1',
      '5f00::1',
    ],
    ...['', 'localhost', '1.2.3.4.5', 'not an address'],
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('judges an IPv4 address alike in every dress', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });
});

describe('refusalOf', () => {
  it.each([
    'https://example.com/transfer-route',
    'https://example.com:8443/x?y=z',
    'https://hooks.example.co.uk.',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
    'https://local.example.com/',
    'https://mylocalhost.com/',
  ])('has nothing against %s', (url) => {
    expect(refusalOf(url)).toBeNull();
  });

  it.each([
    ...[
      'http://example.com/',
      'ftp://example.com/',
      'example.com',
      'javascript:1',
      'file:///etc/passwd',
      '',
      'https://',
    ],
    ...['https://user@example.com/', 'https://user:secret@example.com/', 'https://:secret@example.com/'],
    ...[
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://127.1/',
    ],
    ...[
      'https://127.0.0.1./',
      'https://１２７.0.0.1/',
      'https://%31%32%37.0.0.1/',
      'https://0/',
      'https://0.0.0.0/',
    ],
    ...[
      'https://[::1]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[0:0:0:0:0:0:0:1]/',
    ],
    ...[
      'https://10.1.2.3/',
      'https://192.168.0.1/',
      'https://169.254.169.254/latest',
      'https://[fd00:ec2::254]/',
    ],
    ...[
      'https://localhost/',
      'https://LOCALHOST/',
      'https://localhost./',
      'https://a.localhost/',
      'https://x.local/',
    ],
    ...[
      'https://metadata.google.internal/',
      'https://metadata/',
      'https://metadata.goog/',
      'https://printer/',
    ],
    ...[
      'https://router.lan/',
      'https://nas.home.arpa/',
      'https://box.localdomain:8443/',
      'https://x.local../',
    ],
  ])('refuses %s', (url) => {
    expect(refusalOf(url)).toMatch(/^must /);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (url) => void refusalOf(url)));
  });

  it('refuses every number that is an address of a private network', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (low) => {
        expect(refusalOf(`https://${10 * 2 ** 24 + low}/`)).not.toBeNull();
        expect(refusalOf(`https://0x${(127 * 2 ** 24 + low).toString(16)}/`)).not.toBeNull();
      }),
    );
  });
});
