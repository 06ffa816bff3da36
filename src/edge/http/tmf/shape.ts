/** What a document of a kind may look like: types of its fields, what must be there, what references must name. */
import { type Document, isDocument, isTooDeep } from './document.ts';
import { missingField, quoted, type Refusal, wrongBody, wrongField } from './refusal.ts';

type FieldType = 'text' | 'time' | 'integer' | 'flag' | 'object' | 'list';

export interface Shape {
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Without them nothing is created. */
  readonly mandatory: readonly string[];
  /** By field: what each of its documents must name. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** By field: the words it may hold. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

/** Names of fields, separated by spaces, by their type. */
export function shape(
  types: Readonly<Partial<Record<FieldType, string>>>,
  more: Partial<Omit<Shape, 'fields'>> = {},
): Shape {
  const fields = new Map<string, FieldType>([
    ['@type', 'text'],
    ['@baseType', 'text'],
    ['@schemaLocation', 'text'],
  ]);
  for (const [type, names] of Object.entries(types)) {
    for (const name of names.split(/\s+/)) fields.set(name, type as FieldType);
  }
  return { fields, mandatory: more.mandatory ?? [], parts: more.parts ?? {}, words: more.words ?? {} };
}

const tests: Readonly<Record<FieldType, readonly [(value: unknown) => boolean, string]>> = {
  text: [(value) => typeof value === 'string', 'must be a text'],
  time: [isTime, 'must be a date-time (RFC 3339)'],
  integer: [Number.isSafeInteger, 'must be a whole number'],
  flag: [(value) => typeof value === 'boolean', 'must be true or false'],
  object: [isDocument, 'must be an object'],
  list: [(value) => Array.isArray(value) && value.every(isDocument), 'must be a list of objects'],
};

function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** Fields that the definitions do not know are kept as they are: they are there to be extended. */
export function wrongIn(document: unknown, { fields, parts, words }: Shape): Refusal | undefined {
  if (!isDocument(document)) return wrongBody('The body must be a JSON object.');
  if (isTooDeep(document)) return wrongBody('The body is nested too deeply.');
  for (const [name, value] of Object.entries(document)) {
    if (value === null) continue;
    const type = fields.get(name);
    if (type === undefined) continue;
    const [isRight, why] = tests[type];
    if (!isRight(value)) return wrongField(name, why);
    const wrong = wrongWord(name, value, words[name]) ?? wrongPart(name, value, parts[name]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongWord(name: string, value: unknown, words: readonly string[] | undefined): Refusal | undefined {
  if (words === undefined || words.includes(value as string)) return undefined;
  return wrongField(name, `must be one of ${words.join(', ')}, not ${quoted(String(value))}`);
}

function wrongPart(name: string, value: unknown, needs: readonly string[] | undefined): Refusal | undefined {
  if (needs === undefined) return undefined;
  for (const part of (Array.isArray(value) ? value : [value]) as readonly Document[]) {
    const missing = needs.find((need) => isNothing(part, need));
    if (missing !== undefined) return missingField(`${name}.${missing}`);
    if (needs.includes('id') && typeof part['id'] === 'object')
      return wrongField(`${name}.id`, 'must be a text');
  }
  return undefined;
}

export function missingIn(document: Document, { mandatory }: Shape): Refusal | undefined {
  const missing = mandatory.find((name) => isNothing(document, name));
  return missing === undefined ? undefined : missingField(missing);
}

/** An empty list or text says no more than none at all. */
function isNothing(document: Document, name: string): boolean {
  if (!Object.hasOwn(document, name)) return true;
  const value = document[name];
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
