/** What the bytes of an OCTET STRING mean as address, serial number, time or set of bits. */

/** Four bytes as IPv4, 16 as IPv6 (RFC 5952), either with a zone of four more (RFC 4001); anything else is no address. */
export function addressText(bytes: ArrayLike<number>): string | undefined {
  const ids = Array.from(bytes);
  if (!ids.every((id) => id >= 0 && id <= 255)) return undefined;
  if (ids.length === 4 || ids.length === 8) return ids.slice(0, 4).join('.');
  if (ids.length !== 16 && ids.length !== 20) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => ((ids[2 * i]! << 8) | ids[2 * i + 1]!).toString(16));
  let [from, length] = [0, 0];
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === '0') end++;
    if (end - start > Math.max(length, 1)) [from, length] = [start, end - start];
  }
  if (length === 0) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + length).join(':')}`;
}

export const hexText = (bytes: ArrayLike<number>, between = ''): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between);

/** ITU-T G.984.3: four letters and four bytes, as `HWTC1234ABCD`. */
export function gponSerial(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 8) return undefined;
  const letters = bytes.subarray(0, 4);
  if (!letters.every((byte) => byte > 0x20 && byte < 0x7f)) return undefined;
  return String.fromCharCode(...letters) + hexText(bytes.subarray(4)).toUpperCase();
}

/** RFC 2579 DateAndTime of 8 or 11 bytes as ISO 8601; without a zone where the device names none. */
export function dateAndTime(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 8 && bytes.length !== 11) return undefined;
  const [month, day, hour, minute, second] = bytes.subarray(2);
  const year = (bytes[0]! << 8) | bytes[1]!;
  const isTime =
    month! >= 1 && month! <= 12 && day! >= 1 && day! <= 31 && hour! <= 23 && minute! <= 59 && second! <= 60;
  if (year === 0 || !isTime) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  const time = `${String(year).padStart(4, '0')}-${two(month!)}-${two(day!)}T${two(hour!)}:${two(minute!)}:${two(second!)}`;
  if (bytes.length === 8) return time;
  return `${time}${String.fromCharCode(bytes[8]!)}${two(bytes[9]!)}:${two(bytes[10]!)}`;
}

/** RFC 2578 section 7.1.4: bit 0 is the highest of the first byte. */
export const isBitSet = (bytes: Uint8Array, bit: number): boolean =>
  ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
