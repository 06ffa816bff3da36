/** All the cells that a compiled table names, in one walk: to give columns their places, and to leave out what a poll needs not. */
import type { CellSource, Condition, Limit, Metric, Source, Table } from './profile.ts';

type Change = (source: CellSource) => CellSource;

/** The same table with each of its cells changed. */
export function withSources(table: Table, change: Change): Table {
  const to = (source: Source): Source => (source.kind === 'cell' ? change(source) : source);
  const maybe = (source: Source | undefined): Source | undefined => source && to(source);
  const conditions = (all: readonly Condition[]): Condition[] =>
    all.map((condition) => ({ ...condition, source: to(condition.source) }));
  const metric = (one: Metric): Metric => ({
    ...one,
    source: to(one.source),
    times: maybe(one.times),
    divideBy: maybe(one.divideBy),
    scaleBy: maybe(one.scaleBy),
    decimals: maybe(one.decimals),
    nullWhen: conditions(one.nullWhen),
    where: conditions(one.where),
    limits: one.limits.map((limit): Limit => ({ ...limit, source: to(limit.source) })),
    nameBy: one.nameBy && { ...one.nameBy, source: to(one.nameBy.source) },
  });
  const { sensor, bytes } = table;
  return {
    ...table,
    states: table.states.map((state) => ({
      ...state,
      source: to(state.source),
      nullWhen: conditions(state.nullWhen),
      where: conditions(state.where),
    })),
    counts: table.counts.map((count) => ({ ...count, where: conditions(count.where) })),
    kindBy: table.kindBy && { ...table.kindBy, source: to(table.kindBy.source) },
    metrics: table.metrics.map(metric),
    sensor: sensor && {
      ...sensor,
      type: to(sensor.type),
      scale: maybe(sensor.scale),
      precision: maybe(sensor.precision),
      value: to(sensor.value),
      status: maybe(sensor.status),
      nullWhen: conditions(sensor.nullWhen),
    },
    only: conditions(table.only),
    bytes: bytes && { ...bytes, source: change(bytes.source) },
    attributes: table.attributes.map((attribute) => ({
      ...attribute,
      source: to(attribute.source),
      subtype: maybe(attribute.subtype),
    })),
  };
}

/** What a poll asks: numbers and states, and the attributes without which these cannot be found; no columns when it has none. */
export function measuredPart(table: Table): Table {
  const { sensor } = table;
  const hasMeasures =
    table.states.length + table.metrics.length + table.counts.length > 0 || sensor !== undefined;
  if (!hasMeasures) return { ...table, columns: [], ownColumns: 0 };
  // Only its name tells light in watts from other power, so that these tables keep their texts.
  if (sensor?.hasOpticalWatts === true) return table;
  const names = {
    nameFrom: [],
    key: undefined,
    parent: undefined,
    link: undefined,
    relation: undefined,
    kindBy: undefined,
  };
  const lean: Table = { ...table, ...names, attributes: neededAttributes(table) };
  const used = new Set<number>();
  withSources(lean, (source) => {
    used.add(source.column);
    return source;
  });
  // Only own cells make a row exist.
  if (![...used].some((column) => column < table.ownColumns) && table.ownColumns > 0) used.add(0);
  const kept = [...used].sort((a, b) => a - b);
  const placed = withSources(lean, (source) => ({ ...source, column: kept.indexOf(source.column) }));
  return {
    ...placed,
    columns: kept.map((column) => table.columns[column]!),
    ownColumns: kept.filter((column) => column < table.ownColumns).length,
  };
}

/** Attributes that name what the rows are about, or the place of a cell in another table; and those that these need. */
function neededAttributes(table: Table): Table['attributes'] {
  const wanted = new Set<string>([
    ...(table.is?.slots ?? []),
    ...(table.idFrom?.slots ?? []),
    ...table.counts.flatMap(({ on }) => on.slots),
  ]);
  const want = (source: CellSource): CellSource => {
    for (const slot of source.key?.slots ?? []) wanted.add(slot);
    return source;
  };
  withSources({ ...table, attributes: [] }, want);
  let needed: Table['attributes'] = [];
  for (let before = -1; before < needed.length; ) {
    before = needed.length;
    needed = table.attributes.filter(({ name }) => wanted.has(name));
    withSources({ ...table, attributes: needed }, want);
  }
  return needed;
}
