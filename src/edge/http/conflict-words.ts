/** What a person reads about a conflict: what does not fit, and what would settle it. */
import type { Conflict, ConflictKind, Place } from '../../model/discovered.ts';
import type { ConflictWordsJson, Language } from './contract.ts';

type Words = Readonly<Record<ConflictKind, readonly [what: string, settle: string]>>;

/** `{at}`, `{seen}`, `{first}`, `{second}` and `{name}` are filled in. */
const words: Readonly<Record<Language, Words>> = {
  en: {
    twoNeighbours: [
      '{at} has more than one neighbour: {seen}',
      'Look at the port: a switch that is not managed stands between, or one of them is gone and its entry not yet.',
    ],
    endsDisagree: [
      '{at} says it ends at {first}, the other end says {second}',
      'Look at both ports: the cable was moved, or something between passes LLDP on.',
    ],
    chassisTwice: [
      'Chassis id {name} is on several devices: {at}',
      'One device that is polled twice wants one entry; a cloned address wants to be changed on one of them.',
    ],
    nameTwice: [
      'Several devices are called {name}: {at}',
      'Give each its own sysName; until then neighbours that tell a name only cannot be told apart.',
    ],
    ambiguousNeighbour: [
      'The neighbour at {at} may be any of {seen}',
      'Give each of them a chassis id or sysName of its own.',
    ],
    linkNotConfigured: [
      'Found, not in the topology: a link {first} to {second}',
      'Add the link to the topology file, or unplug it.',
    ],
    linkContradicts: [
      'Link {name} of the topology leads from {at} to {second}, found is {first}',
      'Correct the link in the topology file, or the cable.',
    ],
    linkNeverSeen: [
      'Link {name} of the topology, {at}: neither end sees it',
      'Switch LLDP on at both ends, or take the link out of the topology file.',
    ],
    notPolled: [
      'Nobody polls {seen}, neighbour of {at}',
      'Add it: allclear discover with its address; or leave it out knowingly.',
    ],
  },
  ru: {
    twoNeighbours: [
      'У порта {at} больше одного соседа: {seen}',
      'Осмотрите порт: между ними неуправляемый коммутатор, или один из соседей убран, а запись о нём ещё жива.',
    ],
    endsDisagree: [
      '{at} считает, что соединён с {first}, другой конец называет {second}',
      'Проверьте оба порта: кабель переключён, или устройство между ними пропускает LLDP.',
    ],
    chassisTwice: [
      'Идентификатор шасси {name} у нескольких устройств: {at}',
      'Если это одно устройство, оставьте одну запись; если адрес скопирован, смените его на одном из них.',
    ],
    nameTwice: [
      'Несколько устройств называют себя {name}: {at}',
      'Дайте каждому своё sysName; до этого соседей, известных только по имени, не различить.',
    ],
    ambiguousNeighbour: [
      'Соседом {at} может быть любое из: {seen}',
      'Дайте каждому из них свой идентификатор шасси или своё sysName.',
    ],
    linkNotConfigured: [
      'Найдена линия, которой нет в топологии: {first} — {second}',
      'Добавьте линию в файл топологии или отключите её.',
    ],
    linkContradicts: [
      'Линия {name} по топологии ведёт от {at} к {second}, найдено {first}',
      'Исправьте линию в файле топологии или кабель.',
    ],
    linkNeverSeen: [
      'Линию {name} из топологии ({at}) не видит ни один конец',
      'Включите LLDP на обоих концах или уберите линию из файла топологии.',
    ],
    notPolled: [
      'Никто не опрашивает {seen}, соседа {at}',
      'Добавьте устройство: allclear discover с его адресом; или сознательно оставьте как есть.',
    ],
  },
};

/** A list that is longer is cut. */
const mostNamed = 8;

export function conflictWords(conflict: Conflict, language: Language): ConflictWordsJson {
  const { kind, at, seen, name } = conflict;
  const [first, second] = [...seen, ...at];
  const values: Readonly<Record<string, string>> = {
    at: namesOf(at),
    seen: namesOf(seen),
    first: first === undefined ? '' : placeName(first),
    second: second === undefined ? '' : placeName(second),
    name: name ?? '',
  };
  const [what, settle] = words[language][kind];
  return { what: what.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? ''), settle };
}

function namesOf(places: readonly Place[]): string {
  const names = places.slice(0, mostNamed).map(placeName);
  return places.length > mostNamed ? `${names.join(', ')}, …` : names.join(', ');
}

/** `sw-1 Gi0/1`, or what a stranger calls itself with the addresses that are known of it. */
function placeName({ device, port, part, name, serial, mac, address }: Place): string {
  if (device !== undefined) return [device, port, name ?? part, serial].filter(isSaid).join(' ');
  const others = name === undefined ? [] : [mac, address].filter(isSaid);
  const who = name ?? mac ?? address ?? '?';
  const more = name === undefined && mac !== undefined ? [address].filter(isSaid) : others;
  return `${who}${more.length > 0 ? ` (${more.join(', ')})` : ''}${port === undefined ? '' : ` ${port}`}`;
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== '';
