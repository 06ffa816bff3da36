/** Notices by e-mail through the operator's relay: one message each, its Message-ID made from the notice's key. */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type * as Nodemailer from 'nodemailer';
import { Fault } from '../../base/fault.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import { type ConnectTarget, connectGuarded } from '../net/guarded-connect.ts';
import {
  type ChannelKind,
  type ChannelSettings,
  lengthMs,
  secretProperty,
  sharedProperties,
} from './channel-kind.ts';
import { type BounceSettings, Bounces } from './smtp/bounces.ts';

export interface SmtpSettings extends ChannelSettings {
  readonly kind: 'smtp';
  readonly host: string;
  /** 587 when left out; 465 speaks TLS from the first byte (RFC 8314). */
  readonly port?: number | undefined;
  readonly tls?: 'required' | 'off' | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly from: string;
  /** Where a mail program sends "unsubscribe"; an https address or mailto. */
  readonly unsubscribe?: string | undefined;
  /** Where mails that come back are read. */
  readonly bounces?: BounceSettings | undefined;
}

export const smtp: ChannelKind<SmtpSettings> = {
  schema: {
    type: 'object',
    properties: {
      kind: { const: 'smtp' },
      host: { type: 'string', pattern: '^[^\\s/@]{1,253}$', description: 'a host name or address' },
      port: { type: 'integer', minimum: 1, maximum: 65_535 },
      tls: { enum: ['required', 'off'] },
      user: { type: 'string', minLength: 1 },
      password: secretProperty,
      from: {
        type: 'string',
        pattern: '^[^\\s<>,;]+@[^\\s<>,;]+$',
        description: 'an address such as noc@isp.example',
      },
      unsubscribe: {
        type: 'string',
        pattern: '^(https://|mailto:)[^\\s<>,]+$',
        description: 'https://.. or mailto:..',
      },
      bounces: {
        type: 'object',
        properties: {
          maildir: { type: 'string', pattern: '^/', description: 'the whole path of a Maildir folder' },
          address: {
            type: 'string',
            // With `+`, key and proof it is to fit the 64 octets of RFC 5321 section 4.5.3.1.1.
            pattern: '^[A-Za-z0-9._-]{1,15}@[A-Za-z0-9.-]{1,200}$',
            description: 'an address such as bounces@isp.example, at most 15 characters before the @',
          },
        },
        required: ['maildir', 'address'],
        additionalProperties: false,
      },
      ...sharedProperties,
    },
    required: ['kind', 'host', 'from'],
    additionalProperties: false,
  },
  refusals(settings) {
    const refusals: { key: string; reason: string }[] = [];
    const reason = settings.allowPrivate === true ? undefined : refusedTarget(settings.host);
    if (reason !== undefined) refusals.push({ key: 'host', reason });
    if (settings.tls === 'off' && settings.user !== undefined) {
      refusals.push({ key: 'tls', reason: 'a password is not sent without TLS; set tls: required' });
    }
    return refusals;
  },
  open: openSmtp,
};

const require = createRequire(import.meta.url);

function openSmtp(name: string, settings: SmtpSettings, world: World): Channel {
  const timeoutMs = lengthMs(settings.timeout, 15_000);
  const port = settings.port ?? 587;
  const isTls = settings.tls !== 'off';
  // Loaded here: every process reads the schema above, few send mail.
  const { createTransport } = require('nodemailer') as typeof Nodemailer;
  const transport = createTransport({
    host: settings.host,
    port,
    pool: true,
    maxConnections: Math.min(10, settings.window ?? 5),
    maxMessages: 100,
    secure: isTls && port === 465,
    requireTLS: isTls,
    ignoreTLS: !isTls,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    ...(settings.user === undefined
      ? {}
      : { auth: { user: settings.user, pass: settings.password?.reveal() ?? '' } }),
    // Nothing in a notice may make us read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { servername: settings.host, minVersion: 'TLSv1.2' },
    getSocket: (
      _options: unknown,
      answer: (error: Error | null, socket?: { connection: Socket }) => void,
    ) => {
      guardedSocket({
        host: settings.host,
        port,
        allowPrivate: settings.allowPrivate === true,
        timeoutMs,
      }).then(
        (connection) => answer(null, { connection }),
        (error: unknown) => answer(error as Error),
      );
    },
  });
  const idOf = (key: string): string => messageId({ key }, settings.from);
  const bounces = settings.bounces === undefined ? undefined : new Bounces(settings.bounces, idOf, world);
  return {
    // RFC 5321 knows no key: a lost answer may mean a second mail, which the stable Message-ID lets a mailbox fold.
    name,
    address: 'email',
    honoursKey: false,
    async send(notice) {
      // The mail package reads lists of addresses; one notice has one addressee, so anything else never reaches it.
      if (!plainAddress.test(notice.to)) return { kind: 'failed', reason: 'not one plain address' };
      try {
        const returnPath = (await bounces?.returnPath(notice.key)) ?? settings.from;
        await transport.sendMail(mailOf(notice, { settings, returnPath, now: world.now() }));
        return { kind: 'sent', externalId: idOf(notice.key) };
      } catch (error) {
        return outcomeOf(error as SmtpError);
      }
    },
    ...(bounces === undefined
      ? {}
      : { listen: (inbound) => bounces.listen(inbound), counters: () => bounces.counters() }),
    async close() {
      transport.close();
      await bounces?.close();
    },
  };
}

const plainAddress = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/;

const messageId = (notice: Pick<OutgoingNotice, 'key'>, from: string): string =>
  `<${notice.key}@${from.slice(from.lastIndexOf('@') + 1)}>`;

function mailOf(
  notice: OutgoingNotice,
  {
    settings,
    returnPath,
    now,
  }: { readonly settings: SmtpSettings; readonly returnPath: string; readonly now: number },
): object {
  return {
    from: { name: '', address: settings.from },
    // As an object the address is never parsed for further recipients.
    to: { name: '', address: notice.to },
    envelope: { from: returnPath, to: [notice.to] },
    subject: notice.subject.replace(/[\r\n]+/g, ' '),
    text: textOf(notice),
    messageId: messageId(notice, settings.from),
    date: new Date(now),
    headers: {
      // RFC 3834 section 5: no vacation reply comes back.
      'Auto-Submitted': 'auto-generated',
      'Content-Language': notice.language,
      'X-Allclear-Incident': notice.incident,
      ...unsubscribeHeaders(notice, settings),
    },
  };
}

/** Below the text, as not every mail program shows a button for the header. */
const stopWords = {
  en: 'To get no more mails of this kind:',
  ru: 'Больше не получать таких писем:',
} as const;

const textOf = ({ text, language, unsubscribe }: OutgoingNotice): string =>
  unsubscribe === undefined ? text : `${text.trimEnd()}\n\n${stopWords[language]}\n${unsubscribe}\n`;

/** RFC 8058 section 3.1: one address for the POST, and beside it at most other ways such as mailto. */
function unsubscribeHeaders(
  notice: OutgoingNotice,
  { unsubscribe }: SmtpSettings,
): Readonly<Record<string, string>> {
  if (notice.unsubscribe === undefined)
    return unsubscribe === undefined ? {} : { 'List-Unsubscribe': `<${unsubscribe}>` };
  const byMail = unsubscribe?.startsWith('mailto:') === true ? `, <${unsubscribe}>` : '';
  return {
    'List-Unsubscribe': `<${notice.unsubscribe}>${byMail}`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
}

function outcomeOf(error: SmtpError): SendOutcome {
  const status = error.responseCode;
  const reason = status === undefined ? (error.code ?? 'connection broken') : `SMTP ${status}`;
  if (error instanceof Fault) return { kind: 'failed', reason: error.message };
  const isRelays = relayFaults.includes(error.code ?? '');
  // RFC 5321 section 4.2.1: 4yz is for now, 5yz for good. A relay that refuses us is broken, not this addressee.
  // Section 4.2.3: 550 and 553 are said of the mailbox, the others of a command, a size or the transaction.
  if (status !== undefined && status >= 500 && !isRelays)
    return { kind: 'failed', reason, isDeadContact: status === 550 || status === 553 };
  // A connection that broke with no word of the relay may have broken after the message was taken.
  return { kind: 'retry', reason, uncertain: status === undefined && !isRelays };
}

/** Faults before any message was handed over. */
const relayFaults = ['EAUTH', 'ETLS', 'EDNS', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Before there is a connection nothing was handed over. */
async function guardedSocket(target: ConnectTarget): Promise<Socket> {
  const found = await connectGuarded(target).outcome;
  if (found.kind === 'socket') return found.socket;
  if (found.kind === 'refused') throw new Fault('channel/refused-target', found.reason);
  const code = found.kind === 'unknown' ? 'EDNS' : 'ECONNREFUSED';
  throw Object.assign(new Error(found.reason), { code });
}
