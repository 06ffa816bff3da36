/** How many datagrams the kernel threw away because the socket's buffer was full. */
import { readFile } from 'node:fs/promises';

/** Sum of the `drops` column over the sockets bound to this UDP port; undefined where the system has no such table. */
export async function kernelDrops(family: 'udp4' | 'udp6', port: number): Promise<number | undefined> {
  try {
    return dropsOfPort(
      await readFile(family === 'udp4' ? '/proc/net/udp' : '/proc/net/udp6', 'latin1'),
      port,
    );
  } catch {
    return undefined;
  }
}

/** Linux, net/ipv4/udp.c: the local address is the second column, `address:port` in hexadecimal; drops is the last. */
export function dropsOfPort(table: string, port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(suffix)) drops += Number(columns.at(-1)) || 0;
  }
  return drops;
}
