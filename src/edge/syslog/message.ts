/** One syslog message, of RFC 5424 or of the many forms that call themselves RFC 3164, taken apart. */
import { type Instant, instant } from '../../base/instant.ts';

export interface SyslogMessage {
  /** 0 to 23, RFC 5424 section 6.2.1. */
  readonly facility: number;
  /** 0 emergency to 7 debug. */
  readonly severity: number;
  /** Present only where the sender's stamp names an instant: that of RFC 3164 has neither year nor zone. */
  readonly deviceAt?: Instant | undefined;
  readonly host?: string | undefined;
  readonly app?: string | undefined;
  readonly messageId?: string | undefined;
  /** Structured data as `SD-ID.PARAM-NAME`; the X.733 fields of RFC 5674 are `alarm.resource` and so on. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** One line without control characters; empty where the message says all in its structured data. */
  readonly text: string;
}

const mostParameters = 32;
const longestValue = 1_024;
const longestText = 8_192;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Undefined when there is no priority in front: whatever that is, it is no syslog. */
export function parseSyslog(bytes: Uint8Array): SyslogMessage | undefined {
  const line = escaped(decoder.decode(bytes.subarray(0, lengthWithoutEnding(bytes))));
  const found = /^<(0|[1-9]\d{0,2})>/.exec(line);
  const priority = Number(found?.[1] ?? 192);
  if (found === null || priority > 191) return undefined;
  const rest = line.slice(found[0].length);
  const parts = newForm(rest) ?? oldForm(rest);
  return {
    facility: priority >> 3,
    severity: priority & 7,
    ...parts,
    text: parts.text.slice(0, longestText),
  };
}

type Parts = Omit<SyslogMessage, 'facility' | 'severity'>;

/** RFC 5424 section 6. What does not keep to the form is read as the old one, so that no words are lost. */
function newForm(rest: string): Parts | undefined {
  const header = /^1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32})(?: |$)/.exec(rest);
  if (header === null) return undefined;
  const [whole, stamp, host, app, , messageId] = header;
  const { data, behind } = structuredData(rest.slice(whole.length));
  return {
    deviceAt: stampedAt(stamp!),
    host: named(host),
    app: named(app),
    messageId: named(messageId),
    data,
    // Section 6.4: a byte order mark in front says that the text is UTF-8.
    text: behind.startsWith('\ufeff') ? behind.slice(1) : behind,
  };
}

const named = (word: string | undefined): string | undefined => (word === '-' ? undefined : word);

/** Section 6.3; data that breaks off stays in the text. */
function structuredData(rest: string): Pick<SyslogMessage, 'data'> & { readonly behind: string } {
  if (rest === '-' || rest.startsWith('- ')) return { behind: rest.slice(2) };
  const found = new Map<string, string>();
  const element = /\[([^\s=\]"]{1,64})/y;
  const parameter = / +([^\s=\]"]{1,64})="((?:[^"\\\]]|\\.|\\$)*)"/y;
  let at = 0;
  while (rest[at] === '[') {
    element.lastIndex = at;
    const opened = element.exec(rest);
    if (opened === null) return { behind: rest };
    parameter.lastIndex = element.lastIndex;
    at = element.lastIndex;
    for (let one = parameter.exec(rest); one !== null; one = parameter.exec(rest)) {
      keep(found, `${opened[1]}.${one[1]}`, one[2]!.replace(/\\(["\\\]])/g, '$1'));
      at = parameter.lastIndex;
    }
    if (rest[at] !== ']') return { behind: rest };
    at++;
  }
  if (at === 0 || (at < rest.length && rest[at] !== ' ')) return { behind: rest };
  return { data: found.size === 0 ? undefined : Object.fromEntries(found), behind: rest.slice(at + 1) };
}

/** A name may come more than once in an element (section 6.3.5, several addresses). */
function keep(found: Map<string, string>, name: string, value: string): void {
  const known = found.get(name);
  if (known === undefined && found.size >= mostParameters) return;
  found.set(name, (known === undefined ? value : `${known}, ${value}`).slice(0, longestValue));
}

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** With what vendors add: a running number, a mark of an unset clock, the year in front, behind or last, a zone. */
const oldStamp = new RegExp(
  String.raw`^(?:\d{0,10}: )?[*.]?(?:\d{4} )?${month} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:[.:]\d{1,6})?` +
    String.raw`(?: [A-Z]{2,5}(?=:| \d{4} )| [+-]\d\d:?\d\d(?=[: ]))?(?: \d{4}(?= ))?(:?) `,
);
const isoStamp = /^(\d{4}-\d\d-\d\dT\S{8,24}) /;

/** RFC 3164 section 4.1, which describes what was seen in the wild and binds nobody. */
function oldForm(rest: string): Parts {
  const iso = isoStamp.exec(rest);
  const old = iso === null ? oldStamp.exec(rest) : undefined;
  const stamp = iso ?? old;
  if (stamp === null || stamp === undefined) return tagged(rest);
  const behind = rest.slice(stamp[0].length);
  const deviceAt = iso === null ? undefined : stampedAt(iso[1]!);
  // A colon behind the time is Cisco's way: no host follows.
  if (old?.[1] === ':') return { deviceAt, ...tagged(behind) };
  const host = /^(\S{1,255}) +/.exec(behind);
  // "su: .." without a host: the word with a colon is the tag already.
  if (host === null || host[1]!.endsWith(':')) return { deviceAt, ...tagged(behind) };
  return { deviceAt, host: host[1], ...tagged(behind.slice(host[0].length)) };
}

function tagged(rest: string): Parts {
  const tag = /^([A-Za-z0-9_./-]{1,48})(?:\[[^\]\s]{0,64}\])?: ?/.exec(rest);
  return tag === null ? { text: rest } : { app: tag[1], text: rest.slice(tag[0].length) };
}

/** RFC 3339 with a zone, as RFC 5424 section 6.2.3 narrows it; undefined for everything else. */
function stampedAt(stamp: string): Instant | undefined {
  const part = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(
    stamp,
  );
  if (part === null) return undefined;
  const [year, months, day, hour, minute, second] = part.slice(1, 7).map(Number);
  const millisecond = Math.floor(Number(`0.${part[7] ?? '0'}`) * 1_000);
  const local = Date.UTC(year!, months! - 1, day, hour, minute, second, millisecond);
  const isReal = new Date(local).toISOString().startsWith(stamp.slice(0, 19));
  if (!isReal) return undefined;
  const offset = (Number(part[9] ?? 0) * 60 + Number(part[10] ?? 0)) * 60_000;
  return instant(part[8] === '-' ? local + offset : local - offset);
}

/** Senders end a message with a line end or, in C, with a zero. */
function lengthWithoutEnding(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && [0, 10, 13].includes(bytes[end - 1]!)) end--;
  return end;
}

/** Controls but the tab, ends of lines and what turns the direction of text around: none may reach a log or terminal. */
const unprintable = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]/g;

const escaped = (text: string): string =>
  text.replace(unprintable, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
