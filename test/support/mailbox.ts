/** A mail relay on loopback that takes everything and keeps it. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  /** Of the envelope; '' for none. */
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailbox {
  readonly port: number;
  readonly mails: readonly Mail[];
  close(): Promise<void>;
}

export async function openMailbox(onMail?: (mail: Mail) => void): Promise<Mailbox> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    disableReverseLookup: true,
    onData(stream, session, answer) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address).join(' ');
        const mail = { from, to, ...readMail(Buffer.concat(parts).toString('utf8')) };
        mails.push(mail);
        onMail?.(mail);
        answer();
      });
    },
  });
  // A client that was killed breaks its connection.
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise((closed) => server.close(() => closed())) };
}

function readMail(source: string): Omit<Mail, 'from' | 'to'> {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
  const body = rest.join('\r\n\r\n');
  const isQuoted = /quoted-printable/i.test(field('Content-Transfer-Encoding'));
  const isBase64 = /base64/i.test(field('Content-Transfer-Encoding'));
  const text = isQuoted
    ? body
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : isBase64
      ? Buffer.from(body, 'base64').toString('utf8')
      : body;
  return { messageId: field('Message-ID'), subject: field('Subject'), text };
}
