/** An SNMP agent on UDP with the bad habits of real and of hostile ones: each request goes to the habit of the moment. */
import { createSocket, type Socket } from 'node:dgram';
import type { Varbind } from '../../src/collect/session.ts';
import { type AgentRows, recordedRows } from '../../src/edge/snmp/agent.ts';
import { encodeOid } from '../../src/edge/snmp/oid.ts';
import { encodeResponse, encodeVarbind, MessageView, pduTag } from '../../src/edge/snmp/pdu.ts';
import { parseSnmprec } from '../../src/edge/snmp/snmprec.ts';

/** A binding, or one already in bytes because no sound one would look like it. */
type Bound = Varbind | Uint8Array;

interface Fields {
  readonly requestId?: number | undefined;
  readonly community?: string | undefined;
  readonly version?: 0 | 1 | undefined;
  readonly status?: number | undefined;
  readonly index?: number | undefined;
}

interface Heard {
  readonly kind: number;
  readonly requestId: number;
  readonly names: readonly string[];
  readonly nonRepeaters: number;
  readonly repetitions: number;
  /** So many requests came before this one. */
  readonly before: number;
  /** What a good agent would bind, cut at so many bindings. */
  honest(most?: number): Varbind[];
  reply(varbinds: readonly Bound[], fields?: Fields): Buffer;
  /** To the asker; from `through` when given. */
  send(bytes: Uint8Array, through?: Socket): void;
  later(ms: number, run: () => void): void;
}

export type Habit = (heard: Heard) => void;

export interface EvilAgent {
  readonly port: number;
  habit: Habit;
  heard(): number;
  close(): Promise<void>;
}

/** Where an agent stands when not on loopback with the machine's clock. */
interface Place {
  readonly socket: Socket;
  after(ms: number, run: () => void): { cancel(): void };
}

const onLoopback = (): Place => ({
  socket: createSocket('udp4'),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
});

/** Serves rows, or those of a `.snmprec` text, as its habit wants it. */
export async function openEvilAgent(
  served: string | AgentRows,
  habit: Habit,
  place: Place = onLoopback(),
): Promise<EvilAgent> {
  const rows = typeof served === 'string' ? recordedRows(parseSnmprec(served)) : served;
  const { socket } = place;
  const timers = new Set<{ cancel(): void }>();
  let isClosed = false;
  let count = 0;
  const agent: EvilAgent = {
    port: 0,
    habit,
    heard: () => count,
    close: () => {
      isClosed = true;
      for (const timer of timers) timer.cancel();
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
  const view = new MessageView();
  socket.on('message', (bytes, from) => {
    if (!view.read(bytes)) return;
    const names = Array.from({ length: view.count }, (_, i) => view.oid(i));
    const isBulk = view.pduTag === pduTag.getBulk;
    const { requestId, pduTag: kind } = view;
    const [nonRepeaters, repetitions] = isBulk ? [view.errorStatus, view.errorIndex] : [names.length, 0];
    const community = Buffer.from(bytes.subarray(view.communityFrom, view.communityEnd));
    const version = view.version === 0 ? 0 : 1;
    const next = (oid: string): Varbind => rows.next(oid) ?? { oid, value: { type: 'endOfMibView' } };
    agent.habit({
      ...{ kind, requestId, names, nonRepeaters, repetitions, before: count++ },
      honest(most = 60) {
        if (kind === pduTag.get) {
          return names.map((oid) => rows.get(oid) ?? { oid, value: { type: 'noSuchInstance' } });
        }
        const found = names.slice(0, nonRepeaters).map(next);
        let last = names.slice(nonRepeaters);
        for (let turn = 0; turn < repetitions && found.length < most && last.length > 0; turn++) {
          const row = last.map(next);
          found.push(...row);
          last = row.map(({ oid }) => oid);
        }
        return found.slice(0, most);
      },
      reply: (varbinds, fields = {}) =>
        Buffer.from(
          encodeResponse({
            version: fields.version ?? version,
            community: fields.community === undefined ? community : Buffer.from(fields.community),
            requestId: fields.requestId ?? requestId,
            errorStatus: fields.status ?? 0,
            errorIndex: fields.index ?? 0,
            varbinds: varbinds.map((one) => (one instanceof Uint8Array ? one : encodeVarbind(one)!)),
          })!,
        ),
      send: (reply, through = socket) => {
        if (!isClosed) through.send(reply, from.port, from.address);
      },
      later: (ms, run) => {
        const timer = place.after(ms, () => {
          timers.delete(timer);
          run();
        });
        timers.add(timer);
      },
    });
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return Object.assign(agent, { port: socket.address().port });
}

/** A binding of any bytes under a sound name. */
function oddValue(oid: string, tag: number, content: readonly number[]): Uint8Array {
  return oddBinding([...encodeOid(oid)!], tag, content);
}

function oddBinding(name: readonly number[], tag: number, content: readonly number[]): Uint8Array {
  const body = [...element(0x06, name), ...element(tag, content)];
  return Uint8Array.from(element(0x30, body));
}

function element(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}

/** Written once: it goes along with each of hundreds of answers. */
const bulk: Uint8Array = encodeVarbind({
  oid: '1.3.6.1.9.1',
  value: { type: 'octets', bytes: new Uint8Array(55_000) },
})!;

const good: Habit = ({ honest, reply, send }) => send(reply(honest()));
const withCells = (change: (row: Varbind, place: number) => Bound): Habit => {
  return ({ kind, honest, reply, send }) =>
    send(reply(kind === pduTag.get ? honest() : honest().map(change)));
};
const isCell = ({ oid }: Varbind): boolean => oid.startsWith('1.3.6.1.2.1.2.2.1.');
const odd = (tag: number, content: readonly number[]): Habit =>
  withCells((row) => (isCell(row) ? oddValue(row.oid, tag, content) : row));
/** The names of a walk's columns, without the sysUpTime before them. */
const walked = ({ names, nonRepeaters, kind }: Heard): readonly string[] =>
  kind === pduTag.getBulk
    ? names.slice(nonRepeaters)
    : names.filter((oid) => !oid.startsWith('1.3.6.1.2.1.1.'));
const columnOf = (oid: string): string =>
  oid
    .split('.')
    .slice(0, oid.startsWith('1.3.6.1.2.1.31.') ? 11 : 10)
    .join('.');
const integer = (oid: string, number = 1): Varbind => ({ oid, value: { type: 'integer', number } });
/** Rows that the index function makes of the last index asked for; what is no walk of a table is answered as it should be. */
const made = (indexAfter: (last: number, turn: number) => readonly number[]): Habit => {
  let turn = 0;
  return (heard) => {
    const columns = walked(heard);
    if (heard.kind === pduTag.get || !columns.every((oid) => /^1\.3\.6\.1\.2\.1\.(2|31\.1)\./.test(oid))) {
      heard.send(heard.reply(heard.honest(heard.names.length)));
      return;
    }
    const last = Number(columns[0]!.slice(columnOf(columns[0]!).length + 1));
    const indexes = indexAfter(last, turn++);
    const head = heard.honest(heard.names.length - columns.length);
    const rows = indexes.flatMap((index) => columns.map((oid) => integer(`${columnOf(oid)}.${index}`)));
    heard.send(heard.reply([...head, ...rows].slice(0, 60)));
  };
};

/** Those that answer with what cannot be used, or not at all; a fresh one a device, because some count. */
export const uselessHabits: Readonly<Record<string, () => Habit>> = {
  'rows without end': () => made((last) => Array.from({ length: 60 }, (_, i) => last + i + 1)),
  'one row more a request, without end': () => made((last) => [last + 1]),
  'a circle of rows': () => made((last) => [(last % 3) + 1]),
  'rows that go back': () => made((last) => (last === 0 ? [900, 800, 700] : [last - 1])),
  'the same row for ever': () => made(() => [7, 7, 7]),
  'an empty list': () => (heard) => {
    heard.send(heard.reply(heard.kind === pduTag.get ? heard.honest() : []));
  },
  'tooBig to every walk': () => (heard) => {
    if (heard.kind === pduTag.get) heard.send(heard.reply(heard.honest()));
    else heard.send(heard.reply([], { status: 1 }));
  },
  'tooBig to everything': () => (heard) => heard.send(heard.reply([], { status: 1 })),
  'an error without an index to everything': () => (heard) => {
    heard.send(
      heard.reply(
        heard.names.map((oid) => ({ oid, value: { type: 'null' } })),
        { status: 5 },
      ),
    );
  },
  'noSuchName at a place that nobody asked': () => (heard) => {
    heard.send(heard.reply([], { status: 2, index: 2_000_000 }));
  },
  'errors of a negative number': () => (heard) => heard.send(heard.reply([], { status: -1, index: -5 })),
  'another request id': () => (heard) => {
    heard.send(heard.reply(heard.honest(), { requestId: heard.requestId ^ 0x0010_0000 }));
  },
  'another community': () => (heard) => heard.send(heard.reply(heard.honest(), { community: 'd' })),
  'another version': () => (heard) => heard.send(heard.reply(heard.honest(), { version: 0 })),
  'a message cut short': () => (heard) => heard.send(heard.reply(heard.honest()).subarray(0, -3)),
  'one byte': () => (heard) => heard.later(40, () => heard.send(Uint8Array.of(0x30))),
  'names of 200 parts': () => (heard) => {
    const name = [
      ...encodeOid(columnOf(walked(heard)[0] ?? heard.names[0]!))!,
      ...new Array<number>(200).fill(1),
    ];
    heard.send(heard.reply([oddBinding(name, 2, [1])]));
  },
  'names with a part above 32 bits': () => (heard) => {
    const name = [...encodeOid(columnOf(walked(heard)[0] ?? heard.names[0]!))!, 0x90, 0x80, 0x80, 0x80, 0];
    heard.send(heard.reply([oddBinding(name, 2, [1])]));
  },
  'its own request back': () => (heard) => {
    const bytes = heard.reply(heard.names.map((oid) => ({ oid, value: { type: 'null' } })));
    const pdu = bytes.indexOf(pduTag.response, 7);
    bytes[pdu] = pduTag.getBulk;
    heard.send(bytes);
  },
};

/** Those whose answers are right all the same, or right as far as they go. */
export const usableHabits: Readonly<Record<string, () => Habit>> = {
  none: () => good,
  'tooBig above ten bindings': () => (heard) => {
    const wanted =
      heard.nonRepeaters + (heard.names.length - heard.nonRepeaters) * Math.max(1, heard.repetitions);
    if (heard.kind !== pduTag.get && wanted > 10) heard.send(heard.reply([], { status: 1 }));
    else good(heard);
  },
  'three repetitions at most': () => (heard) => {
    const width = heard.names.length - heard.nonRepeaters;
    heard.send(heard.reply(heard.honest(heard.nonRepeaters + 3 * Math.max(1, width))));
  },
  'GETNEXT only': () => (heard) => {
    if (heard.kind !== pduTag.getBulk) good(heard);
  },
  'noSuchName to GETBULK': () => (heard) => {
    if (heard.kind === pduTag.getBulk) heard.send(heard.reply([], { status: 2, index: 1 }));
    else good(heard);
  },
  'genErr to GETBULK': () => (heard) => {
    if (heard.kind === pduTag.getBulk) heard.send(heard.reply([], { status: 5 }));
    else good(heard);
  },
  'every answer twice': () => (heard) => {
    good(heard);
    good(heard);
  },
  'the first answer late, after the repetition': () => (heard) => {
    const bytes = heard.reply(heard.honest());
    heard.later(heard.before % 3 === 0 ? 150 : 0, () => heard.send(bytes));
  },
  'answers of 60 KB': () => (heard) => {
    if (heard.kind === pduTag.get) return good(heard);
    heard.send(heard.reply([...heard.honest(), bulk]));
  },
  'garbage before each answer': () => (heard) => {
    for (const length of [1, 3, 9, 30]) heard.send(heard.reply(heard.honest()).subarray(0, length));
    good(heard);
  },
};

/** Values of a form that no type allows: the cell is a hole, the others are right. */
export const oddValues: Readonly<Record<string, () => Habit>> = {
  'INTEGER of nine bytes': () => odd(0x02, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
  'INTEGER of no byte': () => odd(0x02, []),
  'Counter64 of nine bytes': () => odd(0x46, [1, 0, 0, 0, 0, 0, 0, 0, 0]),
  'Counter64 below zero': () => odd(0x46, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
  'Counter32 of five bytes': () => odd(0x41, [1, 0, 0, 0, 0]),
  'a tag that is no type': () => odd(0x5a, [1]),
  'NULL where a number stands': () => odd(0x05, []),
  'a text where a number stands': () => odd(0x04, [0x3c, 0x62, 0x3e]),
  'an address of five bytes': () => odd(0x40, [1, 2, 3, 4, 5]),
};
