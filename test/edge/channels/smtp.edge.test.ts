import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { channelRefusals, openChannel } from '../../../src/edge/channels/index.ts';
import { realWorld } from '../../support/real-world.ts';
import { channelCompliance, notice, type Peer, type Received } from './channel-compliance.ts';

interface Relay extends Peer {
  readonly port: number;
  readonly mails: string[];
  readonly recipients: string[][];
}

async function startRelay(): Promise<Relay> {
  const received: Received[] = [];
  const mails: string[] = [];
  const recipients: string[][] = [];
  const failure = (code: number) => Object.assign(new Error('no'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    disableReverseLookup: true,
    onRcptTo(_address, _session, answer) {
      if (relay.mode === 'busy') answer(failure(451));
      else if (relay.mode === 'refuse') answer(failure(550));
      else answer();
    },
    onData(stream, session, answer) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const mail = Buffer.concat(parts).toString('utf8');
        mails.push(mail);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        recipients.push(to);
        received.push({
          to: to.join(),
          key: /^Message-ID: <([^@]+)@/im.exec(mail)?.[1] ?? '',
          text: bodyOf(mail),
        });
        if (relay.mode === 'drop')
          for (const connection of server.connections)
            (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
        else if (relay.mode === 'broken') answer(failure(452));
        else answer();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const relay: Relay = {
    mode: 'accept',
    received,
    mails,
    recipients,
    port,
    open: () =>
      openChannel(
        'mail',
        {
          kind: 'smtp',
          host: '127.0.0.1',
          port,
          tls: 'off',
          from: 'noc@isp.example',
          allowPrivate: true,
          timeout: '5s',
          unsubscribe: 'https://isp.example/stop',
        } as never,
        realWorld(),
      )!,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return relay;
}

/** Decodes quoted-printable or base64, as the mail says. */
function bodyOf(mail: string): string {
  const [head, ...rest] = mail.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').replace(/\r\n$/, '');
  if (/base64/i.test(head!)) return Buffer.from(body, 'base64').toString('utf8');
  const joined = body.replace(/=\r\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

channelCompliance('smtp', { start: startRelay, to: 's1@example.org' });

test('a mail says that a machine wrote it, how to stop it, and never changes its Message-ID', async () => {
  const relay = await startRelay();
  const channel = relay.open();
  await channel.send(notice({ to: 's1@example.org' }));
  await channel.send(notice({ to: 's1@example.org' }));
  expect(relay.mails[0]).toContain('Auto-Submitted: auto-generated');
  expect(relay.mails[0]).toContain('List-Unsubscribe: <https://isp.example/stop>');
  const ids = relay.mails.map((mail) => /^Message-ID: (.*)$/im.exec(mail)![1]);
  expect(new Set(ids)).toEqual(new Set([`<${notice().key}@isp.example>`]));
  await channel.close();
  await relay.stop();
});

test('a mail that can be stopped says so for one click, whatever else its settings name (RFC 8058)', async () => {
  const relay = await startRelay();
  const channel = relay.open();
  const unsubscribe = `https://status.example/s/${'x'.repeat(30)}/unsubscribe/planned/mail`;
  await channel.send(notice({ to: 's1@example.org', unsubscribe }));
  const [head] = relay.mails[0]!.split('\r\n\r\n');
  const unfolded = head!.replace(/\r\n[ \t]+/g, ' ');
  expect(unfolded).toContain(`List-Unsubscribe: <${unsubscribe}>\r\n`);
  expect(unfolded).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  await channel.close();
  await relay.stop();
});

test('below the text a mail that can be stopped says where, in the language of the text', async () => {
  const relay = await startRelay();
  const channel = relay.open();
  const unsubscribe = `https://status.example/s/${'x'.repeat(30)}/unsubscribe/planned/mail`;
  const sent = { to: 's1@example.org', text: 'Line one.\n' };
  await channel.send(notice({ ...sent, unsubscribe, language: 'en' }));
  await channel.send(notice({ ...sent, unsubscribe, language: 'ru' }));
  await channel.send(notice(sent));
  expect(relay.received.map(({ text }) => text.replaceAll('\r\n', '\n').trimEnd())).toEqual([
    `Line one.\n\nTo get no more mails of this kind:\n${unsubscribe}`,
    `Line one.\n\nБольше не получать таких писем:\n${unsubscribe}`,
    'Line one.',
  ]);
  await channel.close();
  await relay.stop();
});

test('a line end in a name or subject makes no header and no further recipient', async () => {
  const relay = await startRelay();
  const channel = relay.open();
  await channel.send(
    notice({
      to: 's1@example.org',
      subject: 'x\r\nBcc: evil@example.org\r\nX-Evil: 1',
      incident: 'a\r\nX-Evil: 2',
    }),
  );
  await channel.send(notice({ to: 's1@example.org>,<evil@example.org' }));
  expect(relay.recipients[0]).toEqual(['s1@example.org']);
  expect(relay.recipients.flat().filter((address) => address === 'evil@example.org')).toEqual([]);
  expect(relay.mails[0]).not.toMatch(/^(X-Evil|Bcc):/im);
  await channel.close();
  await relay.stop();
});

test('a relay that offers no TLS gets nothing where TLS is required', async () => {
  const relay = await startRelay();
  const { port } = relay;
  const strict = openChannel(
    'mail',
    { kind: 'smtp', host: '127.0.0.1', port, from: 'noc@isp.example', allowPrivate: true } as never,
    realWorld(),
  )!;
  expect((await strict.send(notice({ to: 's1@example.org' }))).kind).not.toBe('sent');
  expect(relay.mails).toEqual([]);
  await strict.close();
  await relay.stop();
});

test('a password is not sent in clear, and a private relay must be allowed', () => {
  const settings = {
    kind: 'smtp',
    host: '10.0.0.5',
    tls: 'off',
    user: 'u',
    from: 'noc@isp.example',
  } as never;
  expect(channelRefusals(settings).map(({ key }) => key)).toEqual(['host', 'tls']);
});
