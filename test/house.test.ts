import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The house rules as a test: who may import whom, where time and chance live, how long files and functions are.

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src');
const verbs = [
  'collect',
  'detect',
  'alarm',
  'correlate',
  'assess',
  'ticket',
  'notify',
  'confirm',
  'dispatch',
  'measure',
  'automate',
  'compensate',
];
const pureRooms = ['base', 'model', 'topology', ...verbs, 'flow'];

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const filesIn = (folder: string): readonly SourceFile[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      const imports = [...text.matchAll(/(?<!['\w.])(?:from|import)\s*\(?\s*'([^'\n]+)'/g)].map(
        (match) => match[1]!,
      );
      return { path, room: path.split('/')[0]!, text, imports };
    });

const files = filesIn(source);
const pages: readonly SourceFile[] = filesIn(join(root, 'web')).map((file) => ({
  ...file,
  path: `web/${file.path}`,
  room: 'web',
}));
const everything = [...files, ...pages];

const withoutComments = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');

function target(file: SourceFile, imported: string): string {
  return relative(source, join(source, dirname(file.path), imported));
}

function allowedRooms(room: string): readonly string[] {
  if (room === 'base') return ['base'];
  if (room === 'model') return ['base', 'model'];
  if (room === 'topology') return ['base', 'model', 'topology'];
  if (verbs.includes(room)) return ['base', 'model', 'topology', room];
  if (room === 'flow') return pureRooms;
  if (room === 'sim') return ['base', 'model', 'topology', 'sim', 'edge'];
  return [...pureRooms, 'edge', 'sim', 'app'];
}

function mayImportEdge(file: SourceFile, imported: string): boolean {
  const theirs = imported.split('/')[1];
  if (file.room === 'sim') return ['probe', 'snmp', 'trap', 'syslog'].includes(theirs ?? '');
  if (file.room !== 'edge') return file.room === 'app';
  const own = file.path.split('/')[1];
  if (own === 'disk' || own === 'net') return theirs === own;
  return theirs === own || theirs === 'disk' || theirs === 'net';
}

function forbiddenImport(file: SourceFile, imported: string): string | undefined {
  if (!imported.startsWith('.')) {
    return pureRooms.includes(file.room) ? `${file.path} imports the package ${imported}` : undefined;
  }
  const path = target(file, imported);
  const room = path.split('/')[0]!;
  if (path.startsWith('..')) return `${file.path} reaches outside src: ${imported}`;
  if (!imported.endsWith('.ts')) return `${file.path}: ${imported} lacks its ending`;
  const own = file.path.split('/')[1] ?? '';
  if (file.room === 'edge' && (own === 'disk' || own === 'net') && !['base', 'edge'].includes(room)) {
    return `${file.path} may import base only, not ${path}`;
  }
  if (file.room === 'edge' && (room === 'app' || room === 'sim')) return `${file.path} imports ${path}`;
  if (!allowedRooms(file.room).includes(room)) return `${file.path} imports ${path}`;
  if (room === 'edge' && !mayImportEdge(file, path)) return `${file.path} imports ${path}`;
  return undefined;
}

test('rooms import only the rooms they may', () => {
  const wrong = files.flatMap((file) =>
    file.imports.map((imported) => forbiddenImport(file, imported)).filter((found) => found !== undefined),
  );
  expect(wrong).toEqual([]);
});

test('a verb room is entered by its face or one of its ports', () => {
  const ports = ['collect/session.ts', 'notify/channel.ts', 'ticket/desk.ts'];
  const wrong = files.flatMap((file) =>
    file.imports
      .filter((imported) => imported.startsWith('.'))
      .map((imported) => target(file, imported))
      .filter((path) => {
        const room = path.split('/')[0]!;
        return (
          verbs.includes(room) && room !== file.room && path !== `${room}/${room}.ts` && !ports.includes(path)
        );
      })
      .map((path) => `${file.path} enters ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('pages see the daemon through the types of its contract only', () => {
  const isSeen = (file: SourceFile, imported: string): boolean => {
    const path = relative(root, join(root, dirname(file.path), imported));
    if (path.startsWith('web/')) return true;
    const typesOnly = new RegExp(`import type \\{[^}]*\\} from '${imported}'`);
    return path === 'src/edge/http/contract.ts' && typesOnly.test(file.text);
  };
  const wrong = pages.flatMap((file) =>
    file.imports
      .filter((imported) => imported.startsWith('.') && !isSeen(file, imported))
      .map((imported) => `${file.path} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test('time, chance and process live in app/world.ts only', () => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandomUUID\b|\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(|(?<![.\w])process\.|\bperformance\.now\b/;
  const wrong = files
    .filter((file) => file.path !== 'app/world.ts')
    .flatMap((file) =>
      withoutComments(file.text)
        .split('\n')
        .map((line, index) => ({ line, number: index + 1 }))
        .filter(({ line }) => impure.test(line))
        .map(({ line, number }) => `${file.path}:${number} ${line.trim()}`),
    );
  expect(wrong).toEqual([]);
});

test('pure rooms use no locale and no console', () => {
  const local = /\bIntl\.|localeCompare|toLocale|\bconsole\./;
  const wrong = files
    .filter((file) => pureRooms.includes(file.room) && local.test(withoutComments(file.text)))
    .map((file) => file.path);
  expect(wrong).toEqual([]);
});

test('no eval, no shell, no SNMP SET, no text taken for markup', () => {
  const forbidden =
    /\beval\(|new Function\(|\bexecSync?\(|shell:\s*true|\.set\(\s*\[?\s*\{\s*oid|SetRequest|innerHTML|dangerouslySet/;
  const wrong = everything
    .filter((file) => forbidden.test(withoutComments(file.text)))
    .map((file) => file.path);
  expect(wrong).toEqual([]);
});

test('files stay under 400 lines and open with a sentence', () => {
  const wrong = everything
    .filter(
      (file) =>
        file.text.split('\n').length > 400 || !/^(import [\s\S]*?;\n+)*\s*(\/\*\*|\/\/|#!)/.test(file.text),
    )
    .map((file) => `${file.path} (${file.text.split('\n').length} lines)`);
  expect(wrong).toEqual([]);
});

test('functions stay under 70 lines', () => {
  expect(everything.flatMap(longFunctions)).toEqual([]);
});

/** Counts the lines of each function or method by its braces; strings and templates are blanked first. */
function longFunctions(file: SourceFile): string[] {
  const lines = withoutComments(file.text)
    .replace(/`(?:\\.|[^`\\])*`/g, (text) => text.replace(/[^\n]/g, ' '))
    .replace(/'(?:\\.|[^'\\\n])*'/g, "''")
    .split('\n');
  const opening =
    /^\s*(?:export\s+)?(?:async\s+)?(?:function\b|(?:static\s+|get\s+|set\s+|async\s+|\*)*#?\w+\s*(?:<[^>]*>)?\([^;]*\)[^;=]*\{$|(?:const|let)\s+\w+[^=]*=\s*(?:async\s*)?(?:function|\([^;]*\)[^;]*=>\s*\{$))/;
  const keyword = /^\s*(?:if|for|while|switch|return|else|do|try|catch)\b/;
  const found: string[] = [];
  for (let start = 0; start < lines.length; start++) {
    const line = lines[start]!;
    if (keyword.test(line) || !opening.test(line)) continue;
    const length = blockLength(lines, start);
    if (length > 70) found.push(`${file.path}:${start + 1} is ${length} lines`);
  }
  return found;
}

function blockLength(lines: readonly string[], start: number): number {
  let depth = 0;
  let entered = false;
  for (let i = start; i < lines.length; i++) {
    for (const character of lines[i]!) {
      if (character === '{') {
        depth++;
        entered = true;
      } else if (character === '}') depth--;
    }
    if (entered && depth <= 0) return i - start + 1;
  }
  return 0;
}
