/** A device that answers as it likes: each request goes to a function that sends whatever it wants. */
import { createSocket, type Socket } from 'node:dgram';
import type { Varbind } from '../../../src/collect/session.ts';
import { encodeResponse, encodeVarbind, MessageView } from '../../../src/edge/snmp/pdu.ts';

const UP_TIME = '1.3.6.1.2.1.1.3';
/** Asked before the columns of a walk; every device here gives it, so that answers are about the columns only. */
const upTime: Varbind = { oid: `${UP_TIME}.0`, value: { type: 'timeticks', number: 4_711 } };

export interface Asked {
  readonly view: MessageView;
  readonly names: readonly string[];
  /** Non-repeaters and max-repetitions of a GETBULK. */
  readonly repetitions: number;
  /** Sends to the asker, from `through` when given. */
  send(bytes: Uint8Array, through?: Socket): void;
  /** A well-formed answer, with another request id when given. */
  reply(
    varbinds: readonly Varbind[],
    fields?: { readonly requestId?: number; readonly status?: number },
  ): Uint8Array;
}

export interface HostileDevice {
  readonly port: number;
  /** Requests heard so far. */
  heard(): number;
  close(): Promise<void>;
}

export async function openHostileDevice(answer: (asked: Asked) => void): Promise<HostileDevice> {
  const socket = createSocket('udp4');
  let heard = 0;
  let isClosed = false;
  socket.on('message', (bytes, from) => {
    const view = new MessageView();
    if (!view.read(bytes)) return;
    heard++;
    const asked = Array.from({ length: view.count }, (_, i) => view.oid(i));
    const wantsUpTime = asked[0] === UP_TIME;
    answer({
      view,
      names: wantsUpTime ? asked.slice(1) : asked,
      repetitions: view.errorIndex,
      send: (reply, through = socket) => {
        if (!isClosed) through.send(reply, from.port, from.address);
      },
      reply: (varbinds, fields = {}) =>
        encodeResponse({
          version: view.version === 0 ? 0 : 1,
          community: view.bytes.subarray(view.communityFrom, view.communityEnd),
          requestId: fields.requestId ?? view.requestId,
          errorStatus: fields.status ?? 0,
          errorIndex: 0,
          varbinds: [...(wantsUpTime && varbinds.length > 0 ? [upTime] : []), ...varbinds].map(
            (row) => encodeVarbind(row)!,
          ),
        })!,
    });
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    heard: () => heard,
    close: () => {
      isClosed = true;
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}
