/** A message centre on loopback that speaks SMPP 3.4, with the faults of real ones. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Frames } from '../../src/edge/channels/smpp/frames.ts';
import {
  type Body,
  type DataMessage,
  type Pdu,
  readPdu,
  type ShortMessage,
  writePdu,
} from '../../src/edge/channels/smpp/pdu.ts';

export type Submitted = ShortMessage & { readonly sequence: number };

/** What the centre does with a submit: takes it, refuses it with a status, says nothing, breaks off, or does what it is told. */
export type SubmitDeed =
  | { readonly kind: 'take'; readonly id?: string | undefined }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'silent' | 'drop' }
  | { readonly kind: 'octets'; readonly octets: Uint8Array };

export interface Smsc {
  readonly port: number;
  /** Every submit that arrived, also those that were refused. */
  readonly submitted: readonly Submitted[];
  /** Answers to what the centre asked, and everything else that is no submit. */
  readonly heard: readonly Pdu[];
  readonly binds: number;
  /** For the next submits; default: take. */
  onSubmit: (message: Submitted, nth: number) => SubmitDeed;
  /** `none`: it does not answer. */
  bindStatus: number | 'none';
  answersEnquiries: boolean;
  /** Sends a message and resolves with the status that came back. */
  deliver(message: Partial<ShortMessage> & Pick<ShortMessage, 'shortMessage'>): Promise<number>;
  deliverData(message: Partial<DataMessage>): Promise<number>;
  /** Answers to a request of long ago, or to one that never was. */
  answer(body: Body, sequence: number, status?: number): void;
  raw(octets: Uint8Array): void;
  /** Breaks all connections. */
  breakOff(): void;
  stop(): Promise<void>;
}

const nobody = { ton: 1, npi: 1, address: '' };
const plain: Omit<ShortMessage, 'shortMessage'> = {
  ...{ serviceType: '', source: nobody, destination: nobody, esmClass: 0, validity: '' },
  ...{ registeredDelivery: 0, dataCoding: 0, optional: new Map() },
};

export async function openSmsc(tls?: { readonly key: string; readonly cert: string }): Promise<Smsc> {
  const sockets = new Set<Socket>();
  const submitted: Submitted[] = [];
  const heard: Pdu[] = [];
  const awaited = new Map<number, (status: number) => void>();
  let sequence = 0;
  let binds = 0;
  const send = (pdu: Pdu): void => {
    for (const socket of sockets) socket.write(writePdu(pdu));
  };
  const ask = (body: Body): Promise<number> => {
    sequence++;
    send({ ...body, status: 0, sequence });
    return new Promise((resolve) => awaited.set(sequence, resolve));
  };
  const serve = (socket: Socket): void => {
    const frames = new Frames();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk).frames) {
        const read = readPdu(frame);
        if (read.kind === 'pdu') obey(read.pdu, socket);
      }
    });
  };
  const obey = (pdu: Pdu, socket: Socket): void => {
    const answer = (body: Body, status = 0): void => {
      socket.write(writePdu({ ...body, status, sequence: pdu.sequence }));
    };
    if (pdu.kind === 'submit_sm') return take(pdu, socket, answer);
    heard.push(pdu);
    if (pdu.kind === 'bind_transceiver') {
      binds++;
      const { bindStatus } = smsc;
      if (bindStatus !== 'none') answer({ kind: 'bind_transceiver_resp', systemId: 'fake' }, bindStatus);
    } else if (pdu.kind === 'enquire_link' && smsc.answersEnquiries) answer({ kind: 'enquire_link_resp' });
    else if (pdu.kind === 'unbind') answer({ kind: 'unbind_resp' });
    else if (pdu.kind === 'deliver_sm_resp' || pdu.kind === 'data_sm_resp') {
      awaited.get(pdu.sequence)?.(pdu.status);
      awaited.delete(pdu.sequence);
    }
  };
  const take = (message: Submitted, socket: Socket, answer: (body: Body, status?: number) => void): void => {
    submitted.push(message);
    const deed = smsc.onSubmit(message, submitted.length);
    const kind = 'submit_sm_resp';
    if (deed.kind === 'take') answer({ kind, messageId: deed.id ?? `id-${submitted.length}` });
    else if (deed.kind === 'status') answer({ kind, messageId: '' }, deed.status);
    else if (deed.kind === 'drop') socket.destroy();
    else if (deed.kind === 'octets') socket.write(deed.octets);
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const smsc: Smsc = {
    port: (server.address() as AddressInfo).port,
    ...{ submitted, heard, bindStatus: 0, answersEnquiries: true },
    get binds() {
      return binds;
    },
    onSubmit: () => ({ kind: 'take' }),
    deliver: (message) => ask({ kind: 'deliver_sm', ...plain, ...message }),
    deliverData: (message) => ask({ kind: 'data_sm', ...plain, ...message }),
    answer: (body, number, status = 0) => send({ ...body, status, sequence: number }),
    raw(octets) {
      for (const socket of sockets) socket.write(octets);
    },
    breakOff() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return smsc;
}

/** The text of one submitted part, without its header. */
export function textIn({ shortMessage, optional, dataCoding, esmClass }: Submitted): string {
  const octets = optional.get(0x0424) ?? shortMessage;
  const body = (esmClass & 0x40) === 0 ? octets : octets.subarray(1 + octets[0]!);
  return dataCoding === 8 ? new TextDecoder('utf-16be').decode(body) : Buffer.from(body).toString('latin1');
}
