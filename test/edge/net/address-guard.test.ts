import { describe, expect, it } from 'vitest';
import { isPublicAddress, refusedTarget } from '../../../src/edge/net/address-guard.ts';

describe('the address guard', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
  ])('takes %s for no public address', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each([
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1%eth0',
  ])('sees through the spelling %s', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(['8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('lets %s through', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.1',
    '[::1]',
    '::1',
    '[::ffff:127.0.0.1]',
    'metadata.google.internal',
  ])('refuses the host %s in a configuration', (host) =>
    expect(refusedTarget(host)).toContain('allowPrivate'),
  );
  it('has nothing against a public name yet, and says what is no host at all', () => {
    expect(refusedTarget('gw.example')).toBeUndefined();
    expect(refusedTarget('8.8.8.8')).toBeUndefined();
    expect(refusedTarget('not a host')).toContain('no host name');
  });
});
