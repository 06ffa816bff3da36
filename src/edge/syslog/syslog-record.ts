/** A syslog message as it is kept: on its way from the spool, where it stands beside notifications, to `detect`. */
import { Fault } from '../../base/fault.ts';
import type { Instant } from '../../base/instant.ts';
import type { SyslogMessage } from './message.ts';

export interface SyslogRecord extends SyslogMessage {
  readonly at: Instant;
  /** `address:port`, IPv6 in brackets. */
  readonly from: string;
  /** The sender's address without its port. */
  readonly address: string;
  /** What its certificate calls the sender, over TLS with certificates of clients. */
  readonly peer?: string | undefined;
}

const schema = 'syslog/1';
const decoder = new TextDecoder('utf-8');
/** The schema comes first, so that the kind of a record shows without reading it. */
const mark = Buffer.from(`{"schema":"syslog/`, 'utf8');

/** The form in the spool. */
export function encodeSyslog(record: SyslogRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ schema, ...record }), 'utf8');
}

export const isSyslogRecord = (bytes: Uint8Array): boolean => mark.equals(bytes.subarray(0, mark.length));

/** Reads what `encodeSyslog` wrote, also by an older version; throws `syslog/unreadable-record`. */
export function decodeSyslog(bytes: Uint8Array): SyslogRecord {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new Fault('syslog/unreadable-record', 'a spooled syslog message is not JSON', error);
  }
  const { schema: found, ...record } = (value ?? {}) as SyslogRecord & { readonly schema?: unknown };
  const { at, from, address, facility, severity, text } = record;
  const isWhole = [at, from, address, facility, severity, text].every((part) => part !== undefined);
  if (found !== schema || !isWhole) {
    throw new Fault(
      'syslog/unreadable-record',
      `a spooled syslog message has schema ${String(found)}, not ${schema}`,
    );
  }
  return record;
}
