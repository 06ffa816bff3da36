/** Ethernet addresses as numbers: a city's forwarding tables hold a million of them. */

/** Undefined for texts that are none, for multicast and for all zeros: these are nobody's. */
export function macNumber(text: string): number | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  const number = Number.parseInt(text.replaceAll(':', ''), 16);
  const isMulticast = (Number.parseInt(text.slice(0, 2), 16) & 1) === 1;
  return number === 0 || isMulticast || isShared(text.toLowerCase()) ? undefined : number;
}

/** Addresses that routers of a group share: VRRP (RFC 9568 section 7.3), HSRP, GLBP. */
const isShared = (mac: string): boolean =>
  mac.startsWith('00:00:5e:00:0') || mac.startsWith('00:00:0c:07:ac') || mac.startsWith('00:07:b4:00');

export const macText = (number: number): string =>
  number
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?!$)/g, '$&:');
