/** Absolute addresses of resources, whatever API they are of. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FrontPorts } from '../ports.ts';

/** The address of a resource. */
export type Href = (resource: string, id: string) => string;

export const root = '/tmf-api';

const homes: Readonly<Record<string, string>> = {
  alarm: 'alarm/v4',
  serviceProblem: 'serviceProblemManagement/v4',
  serviceProblemEventRecord: 'serviceProblemManagement/v4',
  troubleTicket: 'troubleTicket/v4',
  service: 'serviceInventory/v4',
  resource: 'resourceInventoryManagement/v4',
  individual: 'party/v4',
  organization: 'party/v4',
};

/** `mount` is the API that was called: its own resources are named at the same address. */
export const hrefAt =
  (base: string, mount: string, own: readonly string[]): Href =>
  (resource, id) => {
    const home = own.includes(resource) ? mount : (homes[resource] ?? mount);
    return `${base}${root}/${home}/${resource}/${encodeURIComponent(wellFormed(id))}`;
  };

/** Half a character, as JSON can escape one, cannot stand in an address: encodeURIComponent throws. */
const wellFormed = (id: string): string => id.replaceAll(/\p{Surrogate}/gu, '\ufffd');

/** Where the caller reached us; a name that is none is not repeated. */
export function baseOf(ports: FrontPorts, headers: IncomingHttpHeaders): string {
  if (ports.consoleUrl !== undefined) return ports.consoleUrl.replace(/\/$/, '');
  const host = headers.host ?? '';
  return `http://${/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host) ? host : 'localhost'}`;
}
