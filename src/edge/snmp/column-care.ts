/** What a recording may keep of a column: known from what the profiles read it as, else nothing that is text. */
import { firstGroup, type Pattern, type Profile } from '../../collect/collect.ts';
import type { IndexParts } from './mask-index.ts';

type Table = Profile['tables'][number];

/** `keep` bytes as they are, `model` texts without addresses, `words` of the trade, `hide` everything. */
export type Care = 'hide' | 'keep' | 'model' | 'words';

interface KnownColumn {
  care: Care;
  /** In lower case: what the profile maps or compares is no secret. */
  readonly allowed: Set<string>;
}

/** Names that people give, and numbers that tell one piece from another, whatever a profile makes of them. */
const alwaysHidden = [
  ...['1.3.6.1.2.1.1.4', '1.3.6.1.2.1.1.5', '1.3.6.1.2.1.1.6', '1.3.6.1.2.1.31.1.1.1.18'],
  ...['1.3.6.1.2.1.47.1.1.1.1.11', '1.3.6.1.2.1.47.1.1.1.1.14', '1.3.6.1.2.1.47.1.1.1.1.15'],
];
const sysDescr = '1.3.6.1.2.1.1.1';
/** sysDescr, and of ENTITY-MIB the revisions and who made which model. */
const models = [sysDescr, ...[8, 9, 10, 12, 13].map((column) => `1.3.6.1.2.1.47.1.1.1.1.${column}`)];
/** ifDescr, ifName, entPhysicalDescr and entPhysicalName, descriptions of HOST-RESOURCES-MIB, names of lm-sensors, ports of LLDP. */
const named = [
  ...[
    '1.3.6.1.2.1.2.2.1.2',
    '1.3.6.1.2.1.31.1.1.1.1',
    '1.3.6.1.2.1.47.1.1.1.1.2',
    '1.3.6.1.2.1.47.1.1.1.1.7',
  ],
  ...[
    '1.3.6.1.2.1.25.2.3.1.3',
    '1.3.6.1.2.1.25.3.2.1.3',
    '1.0.8802.1.1.2.1.3.7.1.3',
    '1.0.8802.1.1.2.1.3.7.1.4',
  ],
];
/** entPhysicalSerialNum. */
const serials = ['1.3.6.1.2.1.47.1.1.1.1.11'];
/** Attributes that tell one piece, one person or one place from another, whatever they are read as. */
const telling =
  /serial|alias|address|mac$|contact|location|owner|customer|subscriber|user|login|account|phone|msisdn|imei|imsi|iccid|asset|host|ssid|pppoe|e-?mail|remote(?:name|system|chassis)/i;
/** Objects of the equipment itself; what hangs on it is named after those who use it. */
const ownKinds =
  /^(sensor|fan|psu|card|module|chassis|interface|port|pon-port|cpu|processor|memory|storage|disk|battery|ups|input|output|rectifier|upstream|downstream|mac-domain|fiber-node)$/;
const modelNames =
  /^(hardware|model|type|version|firmware|software|vendor|manufacturer|revision|unit|class)$/i;

export class ColumnCare {
  readonly #columns = new Map<string, KnownColumn>();
  readonly #indexes = new Map<string, IndexParts>();
  /** Hidden whoever else reads them. */
  readonly #hidden = new Set(alwaysHidden);
  readonly #serials = new Set(serials);
  /** Where a serial number or a name stands within a text that says other things too. */
  readonly #tellingWithin = new Map<string, Pattern[]>();

  constructor(profiles: Iterable<Profile>) {
    for (const profile of profiles) {
      this.#identity(profile);
      for (const table of profile.tables) this.#table(table);
    }
    for (const oid of named) this.#set(oid, 'words');
    for (const oid of models) this.#set(oid, 'model');
  }

  /** Of the row with these arcs: where its index begins and what may stay of its value. */
  of(arcs: readonly number[]): {
    /** Its OID; undefined: no profile knows it. */
    readonly name: string | undefined;
    readonly care: Care;
    readonly allowed: ReadonlySet<string>;
    readonly isHidden: boolean;
    /** Tells one piece of equipment from another: numbers too are replaced. */
    readonly isSerial: boolean;
    readonly indexFrom: number | undefined;
    readonly parts: IndexParts | undefined;
  } {
    for (let end = arcs.length - 1; end > 5; end--) {
      const prefix = arcs.slice(0, end).join('.');
      const isHidden = this.#hidden.has(prefix);
      const column = isHidden ? hidden : this.#columns.get(prefix);
      const parts = this.#indexes.get(prefix.slice(0, prefix.lastIndexOf('.')));
      if (column === undefined && parts === undefined) continue;
      const { care, allowed } = column ?? hidden;
      const isSerial = this.#serials.has(prefix);
      return { name: prefix, care, allowed, isHidden, isSerial, indexFrom: end, parts };
    }
    return {
      name: undefined,
      ...hidden,
      isHidden: false,
      isSerial: false,
      indexFrom: undefined,
      parts: undefined,
    };
  }

  /** Serial numbers and names that stand within a text of the row with these arcs. */
  tellingIn(arcs: readonly number[], text: string): readonly string[] {
    for (let end = arcs.length - 1; end > 5; end--) {
      const patterns = this.#tellingWithin.get(arcs.slice(0, end).join('.'));
      if (patterns !== undefined)
        return patterns.flatMap((pattern) => firstGroup(pattern, text)?.trim() ?? []);
    }
    return [];
  }

  #identity({ identity }: Profile): void {
    for (const [field, source] of Object.entries(identity)) {
      for (const one of leaves(source)) {
        const column = columnOf(one);
        if (column === undefined) continue;
        const isTelling = field === 'serial' || field === 'sysName';
        if (isTelling && 'pattern' in one && one.pattern !== undefined) {
          this.#tellingWithin.set(column, [...(this.#tellingWithin.get(column) ?? []), one.pattern]);
          continue;
        }
        if (field === 'serial') this.#serials.add(column);
        if (isTelling) this.#hidden.add(column);
        else this.#set(column, 'model');
      }
    }
  }

  #table(table: Table): void {
    for (const oid of table.columns.slice(0, table.ownColumns))
      this.#indexes.set(oid.slice(0, oid.lastIndexOf('.')), table.index);
    const isOwn = ownKinds.test(table.objectKind ?? '');
    const column = (source: { readonly kind: string; readonly column?: number }): string | undefined =>
      source.kind === 'cell' ? table.columns[source.column ?? -1] : undefined;
    for (const { name, source, as, map } of table.attributes) {
      const isSafe = as === 'number' || as === 'bits' || as === 'dateAndTime';
      const care = modelNames.test(name)
        ? 'model'
        : isOwn && (as === 'text' || as === 'portId')
          ? 'words'
          : 'hide';
      const oid = column(source);
      // A port's own name may be read as anything.
      if (oid !== undefined && telling.test(name) && !named.includes(oid)) this.#hidden.add(oid);
      if (oid !== undefined && /serial|phone|msisdn|imei|imsi|iccid/i.test(name)) this.#serials.add(oid);
      this.#set(oid, isSafe ? 'keep' : care, map?.keys());
    }
    for (const { source, as, map } of table.states)
      this.#set(column(source), as === 'text' ? 'words' : 'keep', map.keys());
    for (const { source, as } of table.metrics) this.#set(column(source), as === 'text' ? 'words' : 'keep');
    if (table.bytes !== undefined) this.#set(column(table.bytes.source), 'keep');
    const conditions = [...table.only, ...table.states.flatMap(({ where }) => where)];
    for (const { where, nullWhen } of table.metrics) conditions.push(...where, ...nullWhen);
    for (const { source, is, not } of conditions) {
      this.#set(column(source), 'hide', is);
      this.#set(column(source), 'hide', not);
    }
  }

  /** Of several uses the one that needs most decides. */
  #set(oid: string | undefined, care: Care, allowed: Iterable<string> = []): void {
    if (oid === undefined) return;
    const known = this.#columns.get(oid) ?? { care: 'hide', allowed: new Set<string>() };
    if (rank[care] > rank[known.care]) known.care = care;
    for (const word of allowed) known.allowed.add(word.toLowerCase());
    this.#columns.set(oid, known);
  }
}

const hidden: { readonly care: Care; readonly allowed: ReadonlySet<string> } = {
  care: 'hide',
  allowed: new Set(),
};
const rank: Readonly<Record<Care, number>> = { hide: 0, words: 1, model: 2, keep: 3 };

type Source = NonNullable<Profile['identity'][keyof Profile['identity']]>;
/** Of a pattern it is sysDescr. */
function columnOf(source: Source): string | undefined {
  if (source.kind === 'pattern') return sysDescr;
  if (source.kind === 'get') return source.oid.replace(/\.0$/, '');
  return source.kind === 'column' ? source.oid : undefined;
}

const leaves = (source: Source): readonly Source[] =>
  source.kind === 'join' || source.kind === 'first' ? source.parts.flatMap(leaves) : [source];
