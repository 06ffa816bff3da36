/** What a list is asked for: filters by dotted names, named fields, a part of it. One language for lists and hubs. */
import { type Document, valuesAt } from './document.ts';
import { isRefusal, quoted, type Refusal, wrongQuery } from './refusal.ts';

export interface Selection {
  readonly filters: readonly Filter[];
  /** Undefined: all. */
  readonly fields?: readonly string[] | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface Filter {
  readonly path: readonly string[];
  readonly operator: Operator;
  /** One of them is enough. */
  readonly values: readonly string[];
}

/** TMF630 part 1, 4.4: `attribute.gt=value`. */
const operators = ['gt', 'gte', 'lt', 'lte', 'ne', 'eq'] as const;
type Operator = (typeof operators)[number];

const mostFilters = 40;
const mostValues = 200;
/** Of `a.b.c`; no document is deeper. */
const mostSteps = 25;
/** Of TMF630, and no names of fields: taken for filters they would find nothing and say nothing. */
const notOffered = ['sort', 'filter'];
const usualLimit = 100;
const mostLimit = 1_000;

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export function selectionIn(query: Query): Selection | Refusal {
  const { fields, offset, limit, ...rest } = query;
  const filters = filtersIn(rest);
  if (!Array.isArray(filters)) return filters as Refusal;
  const from = wholeNumber('offset', offset, 0);
  const count = wholeNumber('limit', limit, usualLimit);
  if (typeof from !== 'number') return from;
  if (typeof count !== 'number') return count;
  return { filters, fields: fieldsIn(fields), offset: from, limit: Math.min(count, mostLimit) };
}

/** `fields=none` and an empty one name nothing: id and href are all that is answered. */
function fieldsIn(asked: string | readonly string[] | undefined): readonly string[] | undefined {
  if (asked === undefined) return undefined;
  const names = [asked].flat().join(',').split(',', mostValues);
  return names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'none');
}

function wholeNumber(
  name: string,
  asked: string | readonly string[] | undefined,
  usual: number,
): number | Refusal {
  if (asked === undefined) return usual;
  if (typeof asked !== 'string' || !/^\d{1,9}$/.test(asked))
    return wrongQuery(`${name} must be a whole number from 0.`);
  return Number(asked);
}

function filtersIn(query: Query): readonly Filter[] | Refusal {
  const entries = Object.entries(query);
  if (entries.length > mostFilters) return wrongQuery(`At most ${mostFilters} filters.`);
  const filters: Filter[] = [];
  for (const [name, asked = ''] of entries) {
    if (notOffered.includes(name)) return wrongQuery(`${name} is not offered here.`);
    const whole = [asked].flat();
    // A comma means "or"; a value that holds one is meant as a whole as well.
    const values = new Set(whole.flatMap((value) => [value, ...value.split(',', mostValues + 1)]));
    if (values.size > mostValues) return wrongQuery(`At most ${mostValues} values of ${quoted(name)}.`);
    const path = name.split('.', mostSteps + 1);
    if (path.length > mostSteps) return wrongQuery(`At most ${mostSteps} names in ${quoted(name)}.`);
    const last = operators.find((operator) => operator === path.at(-1));
    const operator = path.length > 1 && last !== undefined ? last : 'eq';
    filters.push({
      path: path.length > 1 && last !== undefined ? path.slice(0, -1) : path,
      operator,
      values: [...values],
    });
  }
  return filters;
}

/** The text of a hub: `eventType=AlarmCreateEvent&event.alarm.state=raised`; filters alone. */
export function filtersOfText(text: string): readonly Filter[] | Refusal {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text.replace(/^\?/, '')))
    query.set(name, [...(query.get(name) ?? []), value]);
  const selection = selectionIn(Object.fromEntries(query));
  return isRefusal(selection) ? selection : selection.filters;
}

export const matches = (document: Document, filters: readonly Filter[]): boolean =>
  filters.every((filter) => isMet(filter, valuesAt(document, filter.path)));

function isMet({ operator, values }: Filter, held: readonly unknown[]): boolean {
  if (operator === 'ne') return !held.some((one) => values.some((value) => compare(one, value) === 0));
  return held.some((one) => values.some((value) => stands(operator, compare(one, value))));
}

function stands(operator: Operator, order: number | undefined): boolean {
  if (order === undefined) return false;
  if (operator === 'gt') return order > 0;
  if (operator === 'gte') return order >= 0;
  if (operator === 'lt') return order < 0;
  return operator === 'lte' ? order <= 0 : order === 0;
}

/** Numbers as numbers, times as instants whatever their zone, all else as text. */
function compare(held: unknown, asked: string): number | undefined {
  if (typeof held === 'number') return asked.trim() === '' ? undefined : sign(held - Number(asked));
  if (typeof held !== 'string' && typeof held !== 'boolean') return undefined;
  const text = String(held);
  if (text === asked) return 0;
  const [at, wanted] = [instantOf(text), instantOf(asked)];
  if (at !== undefined && wanted !== undefined) return sign(at - wanted);
  return text < asked ? -1 : 1;
}

const sign = (difference: number): number | undefined =>
  Number.isNaN(difference) ? undefined : Math.sign(difference);

/** A plus of a time zone that came unescaped is a blank by now. */
function instantOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const at = Date.parse(text.replace(' ', '+'));
  return Number.isNaN(at) ? undefined : at;
}

/** id and href always, and what is named. */
export function narrowed(document: Document, fields: readonly string[] | undefined): Document {
  if (fields === undefined) return document;
  const wanted = new Set(['id', 'href', ...fields.map((field) => field.split('.')[0]!)]);
  return Object.fromEntries(Object.entries(document).filter(([name]) => wanted.has(name)));
}
