/** Sends the notifications of simulated devices as SNMPv2c traps over UDP, each device from its own address. */
import { createSocket, type Socket } from 'node:dgram';
import { neverHappens } from '../base/fault.ts';
import type { World } from '../base/world.ts';
import type { Varbind } from '../edge/snmp/agent.ts';
import { encodeResponse, encodeVarbind, V2C } from '../edge/snmp/pdu.ts';
import { communityOf, type DeviceAddress } from './city-files.ts';
import type { DeviceTrap } from './network.ts';

const sysUpTimeOid = '1.3.6.1.2.1.1.3.0';
const snmpTrapOid = '1.3.6.1.6.3.1.1.4.1.0';
const ifIndexOid = '1.3.6.1.2.1.2.2.1.1';
const ifDescrOid = '1.3.6.1.2.1.2.2.1.2';
/** BDCOM GP3600: what became of an ONU (2 activated, 8 lost) and dying gasp, the ONU named as an interface. */
const onuStatusTrap = '1.3.6.1.4.1.3320.10.3.7.2';
const onuDyingGaspTrap = '1.3.6.1.4.1.3320.10.3.8.2';
const onuStatusOid = '1.3.6.1.4.1.3320.10.3.7.1.0';
const onuGaspOid = '1.3.6.1.4.1.3320.10.3.8.1.0';

const encoder = new TextEncoder();

export class TrapSender {
  readonly #addresses: ReadonlyMap<string, DeviceAddress>;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #world: World;
  /** One socket an address that ever spoke: at most as many as the city has devices. */
  readonly #sockets = new Map<string, Socket>();
  #requestId = 0;
  #sent = 0;
  #failed = 0;

  constructor(options: {
    readonly addresses: ReadonlyMap<string, DeviceAddress>;
    readonly target: { readonly host: string; readonly port: number };
    readonly world: World;
  }) {
    this.#addresses = options.addresses;
    this.#target = options.target;
    this.#world = options.world;
  }

  get counters(): { readonly sent: number; readonly failed: number } {
    return { sent: this.#sent, failed: this.#failed };
  }

  send(trap: DeviceTrap): void {
    const { oid, varbinds } = wireForm(trap);
    const upTime = Math.floor(this.#world.monotonicMs() / 10) >>> 0;
    const all: Varbind[] = [
      { oid: sysUpTimeOid, value: { type: 'timeticks', number: upTime } },
      { oid: snmpTrapOid, value: { type: 'oid', oid } },
      ...varbinds,
    ];
    const datagram = encodeResponse(
      {
        version: V2C,
        requestId: ++this.#requestId & 0x7fffffff,
        errorStatus: 0,
        errorIndex: 0,
        community: encoder.encode(communityOf(trap.device)),
        varbinds: all.map((varbind) => encodeVarbind(varbind)!),
      },
      'trap',
    )!;
    this.#socket(this.#addresses.get(trap.device)!.host).send(
      datagram,
      this.#target.port,
      this.#target.host,
      (error) => {
        if (error === null) this.#sent++;
        else this.#failed++;
      },
    );
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #socket(host: string): Socket {
    const known = this.#sockets.get(host);
    if (known !== undefined) return known;
    const socket = createSocket('udp4');
    // What cannot be sent is lost and counted, as on a real network.
    socket.on('error', () => {
      this.#failed++;
    });
    socket.bind({ address: host, port: 0 });
    this.#sockets.set(host, socket);
    return socket;
  }
}

function wireForm(trap: DeviceTrap): { readonly oid: string; readonly varbinds: readonly Varbind[] } {
  switch (trap.kind) {
    case 'linkDown':
    case 'linkUp': {
      const { ifIndex } = trap.port;
      const isUp = trap.kind === 'linkUp';
      return {
        oid: isUp ? '1.3.6.1.6.3.1.1.5.4' : '1.3.6.1.6.3.1.1.5.3',
        varbinds: [
          integer(`${ifIndexOid}.${ifIndex}`, ifIndex),
          integer(`1.3.6.1.2.1.2.2.1.7.${ifIndex}`, 1),
          integer(`1.3.6.1.2.1.2.2.1.8.${ifIndex}`, isUp ? 1 : 2),
        ],
      };
    }
    case 'ontLost':
    case 'ontBack':
    case 'ontDyingGasp': {
      const { ifIndex, port } = trap.ont;
      const description = encoder.encode(`GPON0/${port.split('/').at(-1)}:${ifIndex % 1_000}`);
      return {
        oid: trap.kind === 'ontDyingGasp' ? onuDyingGaspTrap : onuStatusTrap,
        varbinds: [
          integer(`${ifIndexOid}.${ifIndex}`, ifIndex),
          { oid: `${ifDescrOid}.${ifIndex}`, value: { type: 'octets', bytes: description } },
          trap.kind === 'ontDyingGasp'
            ? integer(onuGaspOid, 1)
            : integer(onuStatusOid, trap.kind === 'ontBack' ? 2 : 8),
        ],
      };
    }
    default:
      return neverHappens(trap);
  }
}

const integer = (oid: string, number: number): Varbind => ({ oid, value: { type: 'integer', number } });
