/** A simulated SNMP agent on UDP (v1, v2c): serves recordings, live values of the demo, and bad habits on request. */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { milliseconds } from '../../base/instant.ts';
import type { Random } from '../../base/random.ts';
import type { World } from '../../base/world.ts';
import type { Oid, Varbind } from '../../collect/session.ts';
import { compareOids } from '../../collect/session.ts';
import { encodeOid, wholeOf } from './oid.ts';
import {
  encodeResponse,
  encodeVarbind,
  errorStatus,
  LARGEST_DATAGRAM,
  MessageView,
  pduTag,
  V1,
} from './pdu.ts';
import type { Recording } from './snmprec.ts';

export type { Oid, Varbind, VarbindValue } from '../../collect/session.ts';

/** What an agent answers with. Rows may change between calls; their order is the numeric one of OIDs. */
export interface AgentRows {
  get(oid: Oid): Varbind | undefined;
  /** The first row after this OID, whether the OID itself exists or not. */
  next(oid: Oid): Varbind | undefined;
}

/** What the agent does beside answering; may be changed while it runs. */
export interface AgentHabits {
  delayMs?: number | undefined;
  /** Share of requests that get no answer, 0 to 1. */
  lossShare?: number | undefined;
  isSilent?: boolean | undefined;
  /** Larger answers become tooBig, GETBULK is cut (RFC 3416 section 4.2.3). Default 1472: what one frame carries. */
  largestReplyBytes?: number | undefined;
  /** True: a GETBULK that does not fit is answered tooBig too, as some agents do. */
  refusesLargeBulk?: boolean | undefined;
  /** True: every answer is sent twice. */
  repeats?: boolean | undefined;
}

export interface AgentSetup {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The rows behind a community; undefined: no answer, as RFC 1157 section 4.1 wants for a wrong one. */
  rowsOf(community: string): AgentRows | undefined;
  readonly habits?: AgentHabits | undefined;
  /** Chance for `lossShare`. */
  readonly random?: Random | undefined;
}

export interface Agent {
  readonly host: string;
  readonly port: number;
  readonly habits: AgentHabits;
  counters(): { readonly requests: number; readonly malformed: number; readonly unknownCommunity: number };
  close(): Promise<void>;
}

const WANTED_RECEIVE_BUFFER = 4 * 1024 * 1024;

/** Resolves when the socket listens; rejects when the address cannot be bound. */
export function openAgent(world: World, setup: AgentSetup): Promise<Agent> {
  const socket = createSocket(isIPv6(setup.host) ? 'udp6' : 'udp4');
  const habits: AgentHabits = { ...setup.habits };
  const count = { requests: 0, malformed: 0, unknownCommunity: 0 };
  const view = new MessageView();
  let isClosed = false;
  const answer = (bytes: Uint8Array, from: RemoteInfo): void => {
    if (!view.read(bytes)) {
      count.malformed++;
      return;
    }
    count.requests++;
    const lossShare = habits.lossShare ?? 0;
    if (habits.isSilent === true || (lossShare > 0 && (setup.random?.next() ?? 0) < lossShare)) return;
    const community = Buffer.from(view.bytes.subarray(view.communityFrom, view.communityEnd)).toString(
      'latin1',
    );
    const rows = setup.rowsOf(community);
    if (rows === undefined) count.unknownCommunity++;
    const reply = rows === undefined ? undefined : replyTo(view, rows, habits);
    if (reply === undefined) return;
    const send = (): void => {
      if (!isClosed)
        for (let i = habits.repeats === true ? 2 : 1; i > 0; i--) socket.send(reply, from.port, from.address);
    };
    if ((habits.delayMs ?? 0) > 0) world.after(milliseconds(habits.delayMs ?? 0), send);
    else send();
  };
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port: setup.port, address: setup.host }, () => {
      socket.removeAllListeners('error');
      try {
        // Many devices of a simulation share this socket: a burst of polls should not overflow it.
        socket.setRecvBufferSize(WANTED_RECEIVE_BUFFER);
      } catch {
        // The kernel's default has to do.
      }
      // What cannot be sent is lost, as everything on UDP may be.
      socket.on('error', () => {});
      socket.on('message', answer);
      resolve({
        host: setup.host,
        port: socket.address().port,
        habits,
        counters: () => ({ ...count }),
        close: () => {
          isClosed = true;
          return closed(socket);
        },
      });
    });
  });
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));

/** A sorted recording as rows of an agent. */
export function recordedRows(recording: Recording): AgentRows {
  const { rows } = recording;
  const places = new Map(rows.map((row, place) => [row.varbind.oid, place]));
  const placeAfter = (oid: Oid): number => {
    const known = places.get(oid);
    if (known !== undefined) return known + 1;
    const name = wholeOf(encodeOid(oid) ?? new Uint8Array(0));
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareOids(wholeOf(rows[middle]!.name), name) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    get: (oid) => rows[places.get(oid) ?? -1]?.varbind,
    next: (oid) => rows[placeAfter(oid)]?.varbind,
  };
}

const END_OF_VIEW = { type: 'endOfMibView' } as const;
const NO_SUCH_INSTANCE = { type: 'noSuchInstance' } as const;
const NULL = { type: 'null' } as const;
/** Tag and length bytes of message, PDU and list, version, id and error fields: never more than this. */
const ENVELOPE_BYTES = 48;

function replyTo(view: MessageView, rows: AgentRows, habits: AgentHabits): Uint8Array | undefined {
  const room =
    Math.min(habits.largestReplyBytes ?? 1472, LARGEST_DATAGRAM) - ENVELOPE_BYTES - communityOf(view).length;
  if (view.pduTag === pduTag.getBulk && view.version !== V1) return bulkReply(view, rows, { habits, room });
  if (view.pduTag !== pduTag.get && view.pduTag !== pduTag.getNext) return undefined;
  const found: Varbind[] = [];
  for (let i = 0; i < view.count; i++) {
    const oid = view.oid(i);
    const row = view.pduTag === pduTag.get ? rowOf(view, rows, oid) : rowAfter(view, rows, oid);
    if (row !== undefined) found.push(row);
    else if (view.version === V1) return errorReply(view, errorStatus.noSuchName, i + 1);
    else found.push({ oid, value: view.pduTag === pduTag.get ? NO_SUCH_INSTANCE : END_OF_VIEW });
  }
  const varbinds = found.map(encodeVarbind).filter((varbind) => varbind !== undefined);
  const isTooBig = varbinds.reduce((sum, varbind) => sum + varbind.length, 0) > room;
  return isTooBig
    ? errorReply(view, errorStatus.tooBig, 0)
    : response(view, { status: 0, index: 0, varbinds });
}

/** RFC 2576 section 4.1.2.3: a v1 manager cannot be given Counter64; GET says noSuchName, GETNEXT passes over it. */
function rowOf(view: MessageView, rows: AgentRows, oid: Oid): Varbind | undefined {
  const row = rows.get(oid);
  return view.version === V1 && row?.value.type === 'counter64' ? undefined : row;
}

function rowAfter(view: MessageView, rows: AgentRows, oid: Oid): Varbind | undefined {
  let row = rows.next(oid);
  while (view.version === V1 && row?.value.type === 'counter64') row = rows.next(row.oid);
  return row;
}

function bulkReply(
  view: MessageView,
  rows: AgentRows,
  { habits, room }: { readonly habits: AgentHabits; readonly room: number },
): Uint8Array | undefined {
  const nonRepeaters = Math.min(Math.max(0, view.errorStatus), view.count);
  const repetitions = Math.max(0, view.errorIndex);
  const names = Array.from({ length: view.count }, (_, i) => view.oid(i));
  const varbinds: Uint8Array[] = [];
  let left = room;
  const isTaken = (i: number): boolean => {
    const row = rows.next(names[i]!) ?? { oid: names[i]!, value: END_OF_VIEW };
    const bytes = encodeVarbind(row);
    if (bytes === undefined || bytes.length > left) return false;
    left -= bytes.length;
    names[i] = row.oid;
    varbinds.push(bytes);
    return true;
  };
  let isCut = false;
  for (let i = 0; i < nonRepeaters && !isCut; i++) isCut = !isTaken(i);
  for (let turn = 0; turn < repetitions && !isCut && nonRepeaters < names.length; turn++) {
    for (let i = nonRepeaters; i < names.length && !isCut; i++) isCut = !isTaken(i);
  }
  const isTooBig = isCut && (habits.refusesLargeBulk === true || varbinds.length === 0);
  return isTooBig
    ? errorReply(view, errorStatus.tooBig, 0)
    : response(view, { status: 0, index: 0, varbinds });
}

/** RFC 3416 section 4.2.1: tooBig comes back with an empty list; v1 and other errors repeat the asked names. */
function errorReply(view: MessageView, status: number, index: number): Uint8Array | undefined {
  if (status === errorStatus.tooBig && view.version !== V1)
    return response(view, { status, index, varbinds: [] });
  const varbinds: Uint8Array[] = [];
  for (let i = 0; i < view.count; i++) {
    const bytes = encodeVarbind({ oid: view.oid(i), value: NULL });
    if (bytes !== undefined) varbinds.push(bytes);
  }
  return response(view, { status, index, varbinds });
}

function response(
  view: MessageView,
  {
    status,
    index,
    varbinds,
  }: { readonly status: number; readonly index: number; readonly varbinds: Uint8Array[] },
): Uint8Array | undefined {
  return encodeResponse({
    version: view.version === V1 ? 0 : 1,
    community: communityOf(view),
    requestId: view.requestId,
    errorStatus: status,
    errorIndex: index,
    varbinds,
  });
}

const communityOf = (view: MessageView): Uint8Array =>
  view.bytes.subarray(view.communityFrom, view.communityEnd);
