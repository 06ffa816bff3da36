/** What every channel must do, judged against a real peer on a loopback socket. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Channel, OutgoingNotice } from '../../../src/notify/channel.ts';

/** How the peer behaves from now on. `drop`: takes the notice and breaks the connection before it answers. */
export type PeerMode = 'accept' | 'busy' | 'broken' | 'drop' | 'refuse';

export interface Received {
  readonly to: string;
  readonly key: string;
  readonly text: string;
}

export interface Peer {
  mode: PeerMode;
  /** Every arrival, repeats included. */
  readonly received: readonly Received[];
  /** What arrives of a key, where the protocol has no room for the whole. */
  readonly keyOf?: (key: string) => string;
  open(): Channel;
  stop(): Promise<void>;
}

export const notice = (change: Partial<OutgoingNotice> = {}): OutgoingNotice => ({
  key: '0123456789abcdef0123456789abcdef',
  to: '+79001234567',
  subject: 'Нет интернета',
  text: 'Чиним, ждём к 19:30',
  language: 'ru',
  subscriber: 's1',
  incident: 'l.1.1',
  type: 'detected',
  ...change,
});

export function channelCompliance(
  name: string,
  made: { readonly start: () => Promise<Peer>; readonly to: string },
): void {
  describe(`the ${name} channel`, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });
    const begin = async (mode: PeerMode): Promise<{ peer: Peer; channel: Channel }> => {
      const peer = await made.start();
      peer.mode = mode;
      const channel = peer.open();
      ends.push(
        () => peer.stop(),
        () => channel.close(),
      );
      return { peer, channel };
    };
    const one = notice({ to: made.to });

    test('brings text, addressee and key to the peer', async () => {
      const { peer, channel } = await begin('accept');
      expect(await channel.send(one)).toMatchObject({ kind: 'sent' });
      const key = peer.keyOf?.(one.key) ?? one.key;
      expect(peer.received).toEqual([{ to: made.to, key, text: one.text }]);
    });

    test('a busy peer is asked again later and surely has nothing', async () => {
      const { channel } = await begin('busy');
      expect(await channel.send(one)).toMatchObject({ kind: 'retry', uncertain: false });
    });

    test('a broken peer is asked again', async () => {
      const { channel } = await begin('broken');
      expect(await channel.send(one)).toMatchObject({ kind: 'retry' });
    });

    test('a lost answer may mean that the peer has it, and a repeat carries the same key', async () => {
      const { peer, channel } = await begin('drop');
      expect(await channel.send(one)).toMatchObject({ kind: 'retry', uncertain: true });
      peer.mode = 'accept';
      expect(await channel.send(one)).toMatchObject({ kind: 'sent' });
      const key = peer.keyOf?.(one.key) ?? one.key;
      expect(new Set(peer.received.map((got) => got.key))).toEqual(new Set([key]));
    });

    test('what the peer refuses for good has failed', async () => {
      const { channel } = await begin('refuse');
      expect(await channel.send(one)).toMatchObject({ kind: 'failed' });
    });

    test('a peer that is not there has nothing', async () => {
      const { peer, channel } = await begin('accept');
      await peer.stop();
      expect(await channel.send(one)).toMatchObject({ kind: 'retry', uncertain: false });
    });

    test('sends many at once, each once', async () => {
      const { peer, channel } = await begin('accept');
      const many = Array.from({ length: 50 }, (_, n) =>
        notice({ to: made.to, key: `${n}`.padStart(32, '0') }),
      );
      const outcomes = await Promise.all(many.map((each) => channel.send(each)));
      expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true);
      expect(new Set(peer.received.map(({ key }) => key)).size).toBe(50);
      expect(peer.received).toHaveLength(50);
    });
  });
}
