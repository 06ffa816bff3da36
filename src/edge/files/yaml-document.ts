/** Reads YAML into plain data that still knows its places, and turns schema violations into problems with hints. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { didYouMean, fileProblem, type Parsed, type Problem } from '../../base/problem.ts';
import type { DocumentPath, Finding, SourceDocument } from '../../base/source-document.ts';
import { largestText } from './source-text.ts';
import { deepestNesting, tooDeeplyNested } from './yaml-nesting.ts';

/** Of what aliases name: a few lines of them could fill the memory. */
const MOST_COPIES = 100;
/** Of one file; nobody reads on, and each has its place to be looked for. */
const MOST_PROBLEMS = 1_000;
/** One mistake violates every alternative, and each violation is compared with the others. */
const MOST_VIOLATIONS = 5_000;

/** What is wrong with a file as a whole. */
export const unreadable = (file: string, message: string): Problem =>
  fileProblem(file, 'file/unreadable', message);

/** Parses `text`; syntax errors, duplicate keys and alias bombs are problems, the value is then undefined. */
export function parseYaml(file: string, text: string): Parsed<SourceDocument> {
  const none: SourceDocument = {
    file,
    value: undefined,
    problemAt: (_path, found) => withPlace(file, found, { line: 0, col: 0 }),
  };
  const lines = new LineCounter();
  const refused = (at: number, found: Omit<Finding, 'code'>): Parsed<SourceDocument> => ({
    value: none,
    problems: [withPlace(file, { code: 'file/unreadable', ...found }, lines.linePos(at))],
  });
  if (text.length > largestText) return refused(0, { message: 'the file is larger than 16 MiB' });
  const deep = tooDeeplyNested(text);
  if (deep !== undefined) {
    lines.lineStarts.push(...lineStarts(text.slice(0, deep)));
    return refused(deep, {
      message: `the file is nested more than ${deepestNesting} deep from here`,
      hint: 'a bracket may be missing before',
    });
  }
  let document: Document | undefined;
  try {
    // The package compares each key with all before it: a table of twenty thousand would take as many seconds as squares.
    const options = { lineCounter: lines, prettyErrors: false, schema: 'core', uniqueKeys: false } as const;
    document = parseDocument(text, options);
    const wrong = (at: number, message: string): Problem =>
      withPlace(file, { code: 'file/syntax', message }, lines.linePos(at));
    const problems = document.errors
      .slice(0, MOST_PROBLEMS)
      .map(({ message, pos }) => wrong(pos[0], sentenceOf(message)));
    if (problems.length > 0) return { value: none, problems };
    // Of a key that is there twice the last is read, so that the rest of the file is looked at all the same.
    for (const at of repeatedKeys(document)) problems.push(wrong(at, 'Map keys must be unique'));
    nameNullKeys(document);
    const value: unknown = document.toJS({ maxAliasCount: MOST_COPIES });
    const places = new Places(document);
    const problemAt = (path: DocumentPath, found: Finding): Problem =>
      withPlace(file, found, lines.linePos(places.offsetOf(path, found.atKey === true)));
    return { value: { file, value, problemAt }, problems };
  } catch (error) {
    const alias = document === undefined ? undefined : firstAlias(document);
    // The only errors of a value without mistakes of form: what an alias names is not there, or there too often.
    if (alias !== undefined && String(error).includes('alias count')) {
      const message = `aliases stand for more than ${MOST_COPIES} copies of one another, from "*${alias.source}" on`;
      return refused(alias.at, { message, hint: 'write the values out' });
    }
    return refused(alias?.at ?? 0, {
      message: error instanceof Error ? sentenceOf(error.message) : 'unreadable',
    });
  }
}

/** Where keys stand that are in their map already (YAML 1.2 section 3.2.1.1). */
function repeatedKeys(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_place, { items }) {
      const known = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (!known.has(value)) known.add(value);
        else if (found.push(isNode(key) ? (key.range?.[0] ?? 0) : 0) >= MOST_PROBLEMS) return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}

/** A bare key `null` is YAML's null; our files mean the word (values that stand for "no reading"). */
function nameNullKeys(document: Document): void {
  visit(document, {
    Pair(_place, pair) {
      if (isScalar(pair.key) && pair.key.value === null && pair.key.source === 'null')
        pair.key.value = 'null';
    },
  });
}

/** A schema ready to check documents. */
export type DocumentCheck = (document: SourceDocument) => readonly Problem[];

/** A violation with the place of the value that is wrong, for whoever goes on with the rest of the document. */
export interface Violation {
  readonly problem: Problem;
  readonly path: DocumentPath;
}

/** Compiles a JSON schema (draft 7) once; the check answers every violation at its place. */
export function documentCheck(schema: object): DocumentCheck {
  const violations = documentViolations(schema);
  return (document) => violations(document).map(({ problem }) => problem);
}

export function documentViolations(schema: object): (document: SourceDocument) => readonly Violation[] {
  // Made with the first document: most verbs and workers check none, and a schema takes longer to compile than many to check.
  let made: ValidateFunction | undefined;
  return (document) => {
    made ??= validator(schema);
    if (made(document.value)) return [];
    const errors = meaningfulErrors(firstOf(made.errors ?? []));
    return errors.slice(0, MOST_PROBLEMS).map((error) => ({
      problem: problemOf(document, error),
      path: pathOf(document.value, error.instancePath),
    }));
  };
}

/** All of them, or the first: none of the thing whose violations are cut off, which would be misunderstood. */
function firstOf(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const cut = errors[MOST_VIOLATIONS];
  if (cut === undefined) return errors;
  const thing = ({ instancePath }: ErrorObject): string => instancePath.split('/', 3).join('/');
  const first = errors.slice(0, MOST_VIOLATIONS);
  const whole = first.filter((error) => thing(error) !== thing(cut));
  return whole.length > 0 ? whole : first;
}

function validator(schema: object): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    // Schemas are our own and strict mode refuses unknown words; the meta schema takes longer to compile than they do.
    validateSchema: false,
  });
  return ajv.compile(schema);
}

function problemOf(document: SourceDocument, error: ErrorObject): Problem {
  const path = pathOf(document.value, error.instancePath);
  const name = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  const shown = isSecret(path) ? '***' : quoted(error.data);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      return document.problemAt([...path, key], {
        code: 'config/unknown-key',
        message: `unknown key "${key}"`,
        atKey: true,
        hint: nearest(key, known),
      });
    }
    case 'required': {
      const message = `"${String(params['missingProperty'])}" is missing`;
      return document.problemAt(path, { code: 'config/missing-key', message });
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly unknown[]).map(String);
      const message = `${name} is ${shown}`;
      return document.problemAt(path, {
        code: 'config/not-allowed',
        message,
        hint: nearest(String(error.data), allowed) ?? `use one of ${allowed.join(', ')}`,
      });
    }
    case 'const': {
      const message = `${name} is ${shown}, not "${String(params['allowedValue'])}"`;
      return document.problemAt(path, { code: 'config/not-allowed', message });
    }
    case 'type': {
      const wanted = ([] as unknown[]).concat(params['type']).join(' or ');
      const { description, pattern } = error.parentSchema as { description?: string; pattern?: string };
      // A length of time without its unit is a number in YAML.
      const inSeconds = `${String(error.data)}s`;
      const isUnitMissing = typeof error.data === 'number' && pattern !== undefined;
      const hint =
        isUnitMissing && new RegExp(pattern).test(inSeconds) ? `did you mean "${inSeconds}"?` : description;
      const message = `${name} is ${shown}, not ${wanted}`;
      return document.problemAt(path, { code: 'config/wrong-type', message, hint });
    }
    default: {
      const message = `${name} is ${shown}: it ${error.message ?? 'is not valid'}`;
      const hint = (error.parentSchema as { description?: string }).description;
      return document.problemAt(path, { code: 'config/not-valid', message, hint });
    }
  }
}

/** What stands under these keys is never repeated, whatever it is. */
const secretKeys = ['community', 'trapCommunities', 'authKey', 'privKey', 'secret', 'password', 'token'];

const isSecret = (path: DocumentPath): boolean => path.some((key) => secretKeys.includes(String(key)));

const nearest = (written: string, known: readonly string[]): string | undefined => {
  const best = didYouMean(written, known);
  if (best !== undefined) return `did you mean "${best}"?`;
  return known.length === 0 || known.length > 20 ? undefined : `known: ${known.join(', ')}`;
};

const quoted = (value: unknown): string => {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group of keys';
  const text = String(value);
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `"${shown.replace(/[\0-\x1f\x7f-\x9f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
};

/**
 * Of a failed alternative only what helps is kept: the violations deeper inside when a branch was recognised,
 * else the alternative's own sentence.
 */
function meaningfulErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = [...errors];
  for (const choice of errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')) {
    const meant = meantAlternative(kept, choice);
    if (meant !== undefined) {
      kept = [...kept.filter((error) => error !== choice && !isInside(error, choice)), ...meant];
      continue;
    }
    const deeper = kept.some((error) => error.instancePath.startsWith(`${choice.instancePath}/`));
    // The same value may fail in a branch around this one, too: that is judged with its own branch.
    const isHere = (error: ErrorObject): boolean =>
      error.instancePath === choice.instancePath && error.schemaPath.startsWith(choice.schemaPath);
    kept = kept.filter((error) => (isHere(error) ? error === choice && !deeper : true));
  }
  return kept.filter((error) => error.keyword !== 'if');
}

/**
 * Alternatives told apart by a constant such as `kind`: the violations of the one that was written, or the names there
 * are when none was. undefined when these alternatives have no such constant.
 */
function meantAlternative(
  errors: readonly ErrorObject[],
  choice: ErrorObject,
): readonly ErrorObject[] | undefined {
  const inside = errors.filter((error) => isInside(error, choice));
  const branchOf = ({ schemaPath }: ErrorObject): string | undefined =>
    schemaPath.slice(choice.schemaPath.length + 1).split('/')[0];
  const others = inside.filter(({ keyword }) => keyword === 'const');
  const branches = (choice.schema as readonly unknown[]).length;
  const [first] = others;
  if (first === undefined) return unnamed(inside, branches);
  if (others.length >= branches) {
    const allowedValues = others.map(({ params }) => (params as { allowedValue: unknown }).allowedValue);
    return [{ ...first, keyword: 'enum', params: { allowedValues } }];
  }
  const refused = new Set(others.map(branchOf));
  return inside.filter((error) => !refused.has(branchOf(error)));
}

/** All alternatives want `kind` and it is not there: said once. */
function unnamed(inside: readonly ErrorObject[], branches: number): readonly ErrorObject[] | undefined {
  const missing = inside.filter(
    ({ keyword, params }) =>
      keyword === 'required' && (params as { missingProperty?: string }).missingProperty === 'kind',
  );
  return missing.length < branches ? undefined : missing.slice(0, 1);
}

const isInside = (error: ErrorObject, choice: ErrorObject): boolean =>
  error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
  (error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`));

/** JSON pointer to path; positions of lists become numbers because the value they lead through is a list. */
function pathOf(root: unknown, pointer: string): (string | number)[] {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return path;
}

/** Where in the text the values of a document stand. */
class Places {
  readonly #document: Document;
  /** Of the maps that were asked for: who looks for one place mostly looks for many. */
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document) {
    this.#document = document;
  }

  offsetOf(path: DocumentPath, atKey: boolean): number {
    let node: unknown = this.#document.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const [position, part] of path.entries()) {
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(String(part));
        if (pair === undefined) return offset;
        const last = position === path.length - 1;
        const key = isNode(pair.key) ? pair.key.range?.[0] : undefined;
        const value = isNode(pair.value) ? pair.value.range?.[0] : undefined;
        offset = (last && atKey ? key : (value ?? key)) ?? offset;
        node = pair.value;
      } else if (isSeq(node) && typeof part === 'number') {
        node = node.items[part];
        if (!isNode(node)) return offset;
        offset = node.range?.[0] ?? offset;
      } else return offset;
    }
    return offset;
  }

  /** As the value is: of a key that is there twice the last. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map<string, Pair>();
    for (const pair of map.items) if (isScalar(pair.key)) pairs.set(String(pair.key.value), pair);
    this.#pairs.set(map, pairs);
    return pairs;
  }
}

function withPlace(file: string, found: Finding, place: { line: number; col: number }): Problem {
  const { code, message, hint, inRussian } = found;
  return {
    file,
    line: place.line,
    column: place.col,
    severity: found.severity ?? 'error',
    code,
    message,
    hint,
    inRussian,
  };
}

const sentenceOf = (message: string): string => message.split('\n')[0]?.replace(/:$/, '') ?? message;

const lineStarts = (text: string): number[] => [
  0,
  ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1),
];

function firstAlias(document: Document): { readonly source: string; readonly at: number } | undefined {
  let first: { source: string; at: number } | undefined;
  visit(document, {
    Alias(_place, { source, range }) {
      first = { source, at: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return first;
}
