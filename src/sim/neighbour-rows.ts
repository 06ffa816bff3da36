/** What a simulated device says of its neighbours: LLDP-MIB (IEEE 802.1AB), so that discovery has something to find. */
import type { Oid, VarbindValue } from '../edge/snmp/agent.ts';
import type { City, CityDevice } from './city.ts';

const encoder = new TextEncoder();
const text = (value: string): VarbindValue => ({ type: 'octets', bytes: encoder.encode(value) });
const integer = (number: number): VarbindValue => ({ type: 'integer', number });

const local = '1.0.8802.1.1.2.1.3';
const remote = '1.0.8802.1.1.2.1.4.1.1';
/** LldpChassisIdSubtype local, LldpPortIdSubtype interfaceName. */
const [locallyAssigned, interfaceName] = [7, 5];

export function neighbourRows(rows: Map<Oid, () => VarbindValue>, device: CityDevice, city: City): void {
  const put = (oid: Oid, value: VarbindValue): void => void rows.set(oid, () => value);
  put(`${local}.1.0`, integer(locallyAssigned));
  put(`${local}.2.0`, text(device.id));
  put(`${local}.3.0`, text(device.id));
  for (const { ifIndex, name, resource } of device.ports) {
    put(`${local}.7.1.2.${ifIndex}`, integer(interfaceName));
    put(`${local}.7.1.3.${ifIndex}`, text(name));
    put(`${local}.7.1.4.${ifIndex}`, text(name));
    const far = farEnd(device, resource, city);
    if (far === undefined) continue;
    // Time mark 0: it has been there since the start.
    const row = `0.${ifIndex}.1`;
    put(`${remote}.4.${row}`, integer(locallyAssigned));
    put(`${remote}.5.${row}`, text(far.device));
    put(`${remote}.6.${row}`, integer(interfaceName));
    put(`${remote}.7.${row}`, text(far.port));
    put(`${remote}.9.${row}`, text(far.device));
  }
}

/** Who is at the other end of the link; what is behind an access port does not speak LLDP. */
function farEnd(
  device: CityDevice,
  link: string,
  { devices, links }: City,
): { readonly device: string; readonly port: string } | undefined {
  const other = links.find(({ id }) => id === link)?.ends.find((id) => id !== device.id);
  const far = devices.find(({ id }) => id === other);
  if (far === undefined) return undefined;
  // Routers of the city show their ring alone among their ports; the access side is told by LLDP only.
  const port =
    far.ports.find(({ resource }) => resource === link)?.name ??
    `xe-1/0/${accessLinks(far.id, links).indexOf(link)}`;
  return { device: far.id, port };
}

const accessLinks = (device: string, links: City['links']): readonly string[] =>
  links.filter(({ id, ends }) => ends.includes(device) && !id.startsWith('ring-')).map(({ id }) => id);
