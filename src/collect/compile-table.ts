/** Compiles one table of a profile: its index, its objects, and what each row says. */
import { didYouMean } from '../base/problem.ts';
import type { DocumentPath } from '../base/source-document.ts';
import type { Findings } from './compile.ts';
import { compileAlarm } from './compile-alarm.ts';
import { CellCompiler } from './compile-cells.ts';
import { wordingOf } from './compile-identity.ts';
import { checkUnit, compileMetric } from './compile-metric.ts';
import { durationMs } from './duration.ts';
import { parseExpression } from './expression.ts';
import type { Attribute, Count, LinkRow, Sensor, State, Table } from './profile.ts';
import type { StateText, TableSource } from './profile-source.ts';
import { type IndexPart, indexForms, parseIndexForm } from './table-index.ts';
import { withSources } from './table-sources.ts';
import { type Template, wordOrTemplate } from './template.ts';

export function compileTable(name: string, source: TableSource, findings: Findings): Table {
  const at = (...rest: DocumentPath): DocumentPath => ['tables', name, ...rest];
  const index = compileIndex(source, at('index'), findings);
  const lets = compileLets(source, index, { path: at('let'), findings });
  const arithmetic = [...index.map((part) => part.name), ...lets.map((one) => one.name)];
  const byteParts = source.bytes === undefined ? [] : [source.bytes.as];
  const cells = new CellCompiler(source, [...arithmetic, ...byteParts], findings);
  const context = { at, cells, findings, arithmetic };
  const states = (source.states ?? []).map((state, i) => compileState(state, at('states', i), context));
  const metrics = (source.metrics ?? []).map((metric, i) =>
    compileMetric(metric, at('metrics', i), { ...context, sentinels: source.null ?? [] }),
  );
  const sensor = compileSensor(source, context);
  const bytes = source.bytes && { source: cells.column(source.bytes.col), as: source.bytes.as };
  const only = cells.conditions(source.only, at('only'));
  const attributes = compileAttributes(source, context);
  const { object } = source;
  const nameTexts = ([] as string[]).concat(object?.name ?? []);
  const counts = (source.counts ?? []).map((count, i) => compileCount(count, at('counts', i), context));
  const kindBy = object?.kindBy && {
    source: cells.source(object.kindBy, at('object', 'kindBy')),
    map: new Map(Object.entries(object.kindBy.map)),
  };
  if ([object, source.link, source.relation, source.counts].every((what) => what === undefined)) {
    const message = `table "${name}" says what its rows are with "object", "link", "relation" or "counts"`;
    findings.found(at(), { code: 'profile/no-object', message });
  }
  if (object?.kind === 'interface' && object.is === undefined) checkInterfaceFields(source, context);
  if (object?.key !== undefined) cells.checked(wordOrTemplate(object.key), at('object', 'key'));
  const template = (text: string | undefined, ...path: DocumentPath): Template | undefined =>
    text === undefined ? undefined : cells.template(text, at(...path));
  const alarms = (source.alarms ?? []).map((alarm, i) => compileAlarm(alarm, at('alarms', i), findings));
  const table: Table = {
    name,
    objectKind: object?.kind,
    nameFrom: nameTexts.map((text, i) => cells.name(text, at('object', 'name', i))),
    idFrom: template(object?.id, 'object', 'id'),
    kindBy,
    key: object?.key,
    parent: template(object?.parent, 'object', 'parent'),
    is: template(object?.is, 'object', 'is'),
    index,
    lets,
    only,
    bytes,
    ...cells.columns,
    attributes,
    states,
    metrics,
    sensor,
    link: compileLink(source, context),
    relation: source.relation && {
      kind: source.relation.kind,
      from: cells.template(source.relation.from, at('relation', 'from')),
      to: cells.template(source.relation.to, at('relation', 'to')),
    },
    counts,
    alarms: alarms.filter((alarm) => alarm !== undefined),
    everyMs: source.every === undefined ? undefined : durationMs(source.every),
    onSuspicion: source.onSuspicion === true,
  };
  return withSources(table, (cell) => ({ ...cell, column: cells.placeOf(cell.column) }));
}

/** What the parts of one table are compiled with. */
interface TableContext {
  readonly at: (...rest: DocumentPath) => DocumentPath;
  readonly cells: CellCompiler;
  readonly findings: Findings;
  /** Names that may stand in expressions. */
  readonly arithmetic: readonly string[];
}

function compileIndex(source: TableSource, path: DocumentPath, findings: Findings): IndexPart[] {
  return Object.entries(source.index ?? {}).map(([name, form]) => {
    const parsed = parseIndexForm(form);
    if (parsed !== undefined) return { name, ...parsed };
    const near = didYouMean(form, indexForms);
    findings.found([...path, name], {
      code: 'profile/index-form',
      message: `"${form}" is no form of a part of an index`,
      hint: near === undefined ? `known: ${indexForms.join(', ')}; bytes(n)` : `did you mean "${near}"?`,
    });
    return { name, form: 'integer', length: 0 };
  });
}

function compileLets(
  source: TableSource,
  index: readonly IndexPart[],
  { path, findings }: { readonly path: DocumentPath; readonly findings: Findings },
): Table['lets'][number][] {
  const known = index.map(({ name }) => name);
  const lets: Table['lets'][number][] = [];
  for (const [name, text] of Object.entries(source.let ?? {})) {
    const parsed = parseExpression(text, known);
    if ('expression' in parsed) lets.push({ name, expression: parsed.expression });
    else
      findings.found([...path, name], {
        code: 'profile/expression',
        message: `"${text}": ${parsed.problem}`,
      });
    known.push(name);
  }
  return lets;
}

function compileAttributes(source: TableSource, { at, cells, findings }: TableContext): Attribute[] {
  return Object.entries(source.attributes ?? {}).map(([name, text]) => {
    const path = at('attributes', name);
    const needsSubtype = text.as === 'chassisId' || text.as === 'portId';
    if (needsSubtype !== (text.subtype !== undefined)) {
      const message =
        '"as: chassisId" and "as: portId" need the "subtype" that tells what the bytes are; no other does';
      findings.found(path, { code: 'profile/subtype', message });
    }
    return {
      name,
      source: cells.source(text, path),
      as: text.as ?? 'text',
      subtype: text.subtype && cells.source(text.subtype, [...path, 'subtype']),
      ...wordingOf(text, path, findings),
    };
  });
}

function compileState(state: StateText, path: DocumentPath, { cells, findings }: TableContext): State {
  const { map, order = [] } = state;
  const words = new Map<string, string | null>();
  // A document does not keep the order of keys that are numbers.
  for (const key of [...order.map(String), ...Object.keys(map)]) {
    const word = map[key];
    if (key !== '*' && word !== undefined) words.set(key.toLowerCase(), word);
  }
  return {
    name: state.name,
    source: cells.source(state, path),
    as: state.as ?? 'number',
    pattern: findings.pattern(state.re, [...path, 're']),
    map: words,
    other: map['*'],
    none: state.none,
    nullWhen: cells.conditions(state.nullWhen, [...path, 'nullWhen']),
    where: cells.conditions(state.where, [...path, 'where']),
  };
}

function compileSensor(
  { sensor, null: sentinels }: TableSource,
  { at, cells }: TableContext,
): Sensor | undefined {
  if (sensor === undefined) return undefined;
  const optional = (column: number | undefined) => (column === undefined ? undefined : cells.column(column));
  return {
    type: cells.column(sensor.type),
    scale: optional(sensor.scale),
    precision: optional(sensor.precision),
    value: cells.column(sensor.value),
    status: optional(sensor.status),
    sentinels: sentinels ?? [],
    nullWhen: cells.conditions(sensor.nullWhen, at('sensor', 'nullWhen')),
    isZeroDark: sensor.zero === 'no-light',
    hasOpticalWatts: sensor.opticalWatts !== 'asDeclared',
  };
}

function compileCount(
  count: NonNullable<TableSource['counts']>[number],
  path: DocumentPath,
  { cells, findings }: TableContext,
): Count {
  checkUnit(count.unit, [...path, 'unit'], findings);
  return {
    name: count.name,
    unit: count.unit,
    on: cells.template(count.on, [...path, 'on']),
    where: cells.conditions(count.where, [...path, 'where']),
  };
}

function compileLink({ link }: TableSource, { at, cells }: TableContext): LinkRow | undefined {
  if (link === undefined) return undefined;
  const templates = (texts: string | readonly string[] | undefined, field: string): Template[] =>
    ([] as string[])
      .concat(texts ?? [])
      .map((text) => cells.checked(wordOrTemplate(text), at('link', field)));
  return {
    protocol: link.protocol,
    localPort: templates(link.localPort, 'localPort'),
    remoteChassis: templates(link.remoteChassis, 'remoteChassis'),
    remotePort: templates(link.remotePort, 'remotePort'),
    remoteName: templates(link.remoteName, 'remoteName'),
  };
}

const textFields = ['ifName', 'ifDescr', 'ifAlias', 'ifType', 'mtu', 'mac', 'lastChangeTicks'];
const stateFields = ['adminStatus', 'operStatus'];
const gaugeFields = ['speedBps', 'discontinuityTicks'];

/** `interfaces` of a reading has a fixed form, so that only its fields may be filled. */
function checkInterfaceFields(table: TableSource, { at, findings }: TableContext): void {
  const check = (field: string, known: readonly string[], path: DocumentPath): void => {
    if (known.includes(field)) return;
    const near = didYouMean(field, known);
    findings.found(at(...path), {
      code: 'profile/unknown-field',
      message: `interfaces have no field "${field}"`,
      hint:
        near === undefined
          ? `known: ${known.join(', ')}; other readings about an interface come with "is: 'interface/{ifIndex}'"`
          : `did you mean "${near}"?`,
    });
  };
  for (const field of Object.keys(table.attributes ?? {})) check(field, textFields, ['attributes', field]);
  for (const [i, state] of (table.states ?? []).entries())
    check(state.name, stateFields, ['states', i, 'name']);
  for (const [i, metric] of (table.metrics ?? []).entries()) {
    if (metric.kind !== 'counter') check(metric.name ?? '', gaugeFields, ['metrics', i, 'name']);
  }
}
