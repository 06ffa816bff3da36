/** The configured network: the topology file read as it streams, with the configured devices that it does not name. */
import { createReadStream } from 'node:fs';
import { fileProblem, type Parsed } from '../../base/problem.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { resourceId } from '../../model/ids.ts';
import {
  compileTopology,
  type Topology,
  type TopologyBuilder,
  TopologyReader,
} from '../../topology/topology.ts';

/** Of a file that is read piece by piece; a piece is worked on for a few milliseconds. */
const pieceBytes = 1 << 18;

export interface ListedDevice {
  readonly id: string;
  readonly resource: string;
}

interface Listed {
  readonly resources: number;
  readonly links: number;
  readonly sha256?: string | undefined;
}

/** The network as configured; the line may hold the same one already, and then one of the two is enough. */
export class ConfiguredTopology {
  /** What the file itself lists. */
  readonly resources: number;
  readonly links: number;
  /** Of its columns, where it is known already. */
  readonly sha256: string | undefined;
  #network: Topology;

  constructor(network: Topology, { resources, links, sha256 }: Listed) {
    this.#network = network;
    this.resources = resources;
    this.links = links;
    this.sha256 = sha256;
  }

  get network(): Topology {
    return this.#network;
  }

  /** `same` has the same content. */
  adopt(same: Topology): void {
    this.#network = same;
  }
}

/** undefined where the file cannot be read or holds nothing but errors. */
export async function readTopologyFile(
  file: string,
  devices: readonly ListedDevice[],
): Promise<Parsed<ConfiguredTopology | undefined>> {
  let listed = { resources: 0, links: 0 };
  const reader = new TopologyReader(file);
  try {
    for await (const piece of createReadStream(file, { highWaterMark: pieceBytes }))
      reader.read(piece as Buffer);
  } catch (error) {
    const message = `the file ${unreadableBecause(error)}`;
    return { value: undefined, problems: [fileProblem(file, 'file/unreadable', message)] };
  }
  const { value, problems } = reader.end((builder) => {
    listed = { resources: builder.resourceCount, links: builder.linkCount };
    addDevices(builder, devices);
  });
  const isNone = listed.resources === 0 && problems.some(({ severity }) => severity === 'error');
  return { value: isNone ? undefined : new ConfiguredTopology(value, listed), problems };
}

/** The network of an operator who has no topology file. */
export function networkOfDevices(devices: readonly ListedDevice[]): Topology {
  const { value } = compileTopology({ serviceRoots: [], resources: [], links: [], planned: [] }, (builder) =>
    addDevices(builder, devices),
  );
  return value;
}

/** A device that the topology does not hold is a resource all the same: one's own router needs no topology file. */
function addDevices(builder: TopologyBuilder, devices: readonly ListedDevice[]): void {
  const add = (id: string, above: string | undefined): void => {
    if (builder.has(id)) return;
    const parents = above === undefined ? {} : { access: resourceId(above) };
    builder.resource({ id: resourceId(id), kind: 'router', in: parents, subscribers: 0 }, 0);
  };
  for (const device of devices) {
    add(device.resource, undefined);
    // Interfaces are named after the device, so it has to be found below its resource.
    add(device.id, device.resource);
  }
}
