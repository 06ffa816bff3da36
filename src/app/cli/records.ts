/** `incident`, `alarm`, `ticket`, `notice`, `device`, `task`: list, show and act over the API of a running daemon. */
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { didYouMean } from '../../base/problem.ts';
import { exitCodes } from '../processes/messages.ts';
import { ApiClient, type JsonRecord } from './api-client.ts';
import { commonOptions, onlyPositional } from './common-options.ts';
import { type Act, type BodyField, type RecordKind, recordKinds } from './record-kinds.ts';
import { formatTable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const text = { type: 'string' } as const;
const options = {
  ...commonOptions,
  url: text,
  limit: text,
  q: text,
  state: text,
  incident: text,
  subscriber: text,
  from: text,
  to: text,
  minutes: text,
  'until-cleared': { type: 'boolean' },
  text,
  status: text,
  due: text,
  find: text,
  sort: text,
  outcome: text,
  description: text,
  channel: text,
  role: text,
  language: text,
  days: text,
  'dry-run': { type: 'boolean' },
} as const;

type Values = Readonly<Record<string, string | boolean | undefined>>;

interface Asking {
  readonly kind: RecordKind;
  readonly api: ApiClient;
  readonly values: Values;
  readonly terminal: Terminal;
  readonly say: Say;
}

export const recordVerbs: readonly Verb[] = recordKinds.map((kind) => ({
  name: kind.name,
  summary: kind.summary,
  usage: usageOf(kind),
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const [deed = 'list', ...rest] = positionals;
    const known = deedNames(kind);
    if (!known.includes(deed)) {
      const near = didYouMean(deed, known);
      const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
      throw new Fault('usage/argument', `${kind.name} has no "${deed}"; ${hint}`);
    }
    const api = new ApiClient(values.url ?? 'http://127.0.0.1:8080');
    const asking = { kind, api, values, terminal, say };
    try {
      const chosen = kind.acts.find(({ name }) => name === deed);
      if (chosen?.isAlone === true) await perform(asking, chosen, nothing(rest));
      else if (chosen !== undefined)
        await perform(asking, chosen, onlyPositional(rest, argumentOf(kind, chosen)));
      else if (deed === 'show') await show(asking, onlyPositional(rest, 'an id'));
      else await list(asking, rest);
      return exitCodes.ok;
    } finally {
      api.close();
    }
  },
}));

const deedNames = (kind: RecordKind): readonly string[] => [
  ...['list', ...(kind.canShow ? ['show'] : [])],
  ...kind.acts.map(({ name }) => name),
];

const argumentOf = ({ name }: RecordKind, { argument = name }: Act): string =>
  argument === 'name' ? `the ${name}'s name` : `the ${argument}'s id`;

function usageOf(kind: RecordKind): string {
  const filters = kind.filters.map((name) => ` [--${name} ${name.toUpperCase()}]`).join('');
  const acts = kind.acts.map((act) => {
    const body = act.body.map(optionUsage).join('');
    const argument = act.isAlone === true ? '' : ` ${(act.argument ?? 'id').toUpperCase()}`;
    const dry = act.looks === true ? '' : ' [--dry-run]';
    return `allclear ${kind.name} ${act.name}${argument}${body}${dry}`;
  });
  return [
    `allclear ${kind.name} list${filters} [--q WORDS] [--limit N] [--json|--jsonl] [--url http://127.0.0.1:8080]`,
    ...(kind.canShow ? [`allclear ${kind.name} show ID [--json]`] : []),
    ...acts,
  ].join('\n');
}

function optionUsage({ option, is, mayMiss }: BodyField): string {
  const usage = is === 'switch' ? `--${option}` : `--${option} ${option.toUpperCase()}`;
  return mayMiss === true ? ` [${usage}]` : ` ${usage}`;
}

function nothing(rest: readonly string[]): string {
  if (rest[0] !== undefined) throw new Fault('usage/argument', `"${rest[0]}" is one argument too many`);
  return '';
}

async function list({ kind, api, values, terminal, say }: Asking, rest: readonly string[]): Promise<void> {
  nothing(rest);
  const query: Record<string, string> = {};
  for (const name of [...kind.filters, 'q', 'limit']) {
    const value = values[name];
    if (typeof value === 'string') query[name] = value;
  }
  if (values['jsonl'] === true) {
    for await (const item of api.items(kind.path, query)) terminal.print(JSON.stringify(item));
    return;
  }
  const listed = await api.list(kind.path, query);
  if (values['json'] === true) return terminal.print(JSON.stringify(listed));
  const rows = listed.items.map((item) => kind.columns.map(([, field]) => item[field]));
  terminal.print(
    formatTable(
      kind.columns.map(([head]) => head),
      rows,
    ),
  );
  terminal.print(`\n${say('total', { shown: listed.items.length, total: listed.total })}`);
}

async function show({ kind, api, values, terminal }: Asking, id: string): Promise<void> {
  printOne(await api.get(`${kind.path}/${encodeURIComponent(id)}`), values, terminal);
}

async function perform({ api, values, terminal, say }: Asking, act: Act, argument: string): Promise<void> {
  if (act.looks === true)
    return printOne(await api.get(act.path, { [act.argument ?? 'id']: argument }), values, terminal);
  const named = act.argument === undefined ? {} : { [act.argument]: argument };
  const body: Record<string, unknown> = { ...named, ...act.fixed };
  for (const { option, is, mayMiss } of act.body) {
    const value = values[option];
    if (value === undefined && mayMiss === true) continue;
    if (value === undefined) throw new Fault('usage/option', `--${option} is missing`);
    const field = option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    body[field] = is === 'number' ? Number(value) : value;
  }
  const path = act.path.replace(':id', encodeURIComponent(argument));
  const { method = 'POST' } = act;
  if (values['dry-run'] !== true) return printOne(await api.change(method, path, body), values, terminal);
  const call = { dryRun: true, method, path: `/api/v1${path}`, body };
  if (values['json'] === true || values['jsonl'] === true) return terminal.print(JSON.stringify(call));
  terminal.print(say('wouldCall', { method, path: call.path, body: JSON.stringify(body) }));
}

function printOne(record: JsonRecord, values: Values, terminal: Terminal): void {
  if (values['json'] === true || values['jsonl'] === true) return terminal.print(JSON.stringify(record));
  const fields = Object.entries(record).flatMap(([name, value]) => parts(name, value));
  const lists = fields.filter((field): field is readonly [string, JsonRecord[]] => isTable(field[1]));
  const rows = fields.filter(([, value]) => !isTable(value)).map(([name, value]) => [name, value]);
  terminal.print(formatTable(['field', 'value'], rows));
  for (const [name, items] of lists) {
    const heads = Object.keys(items[0]!);
    terminal.print(`\n${name}`);
    terminal.print(
      formatTable(
        heads,
        items.map((item) => heads.map((head) => item[head])),
      ),
    );
  }
}

/** A record in the record, e.g. a link with its end, is read field by field; deeper ones stay as they are. */
function parts(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).map(([part, held]) => [`${name}.${part}`, held] as const);
}

const isTable = (value: unknown): value is JsonRecord[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
