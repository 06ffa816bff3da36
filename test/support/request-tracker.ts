/** Starts Debian's Request Tracker 5 on a free loopback port, with a database and a user of its own; ends it by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const server = '/usr/share/request-tracker5/libexec/standalone_httpd';
const setup = '/usr/sbin/rt-setup-database-5';
/** Packages that are only dependencies leave no file but these. */
const parts = ['/usr/share/doc/rt5-db-sqlite', '/usr/share/doc/rt5-standalone'];
export const isRequestTrackerInstalled = [server, setup, ...parts].every((path) => existsSync(path));

/** Whether tests that need it must run; on a build machine it is never left out. */
export const needsRequestTracker = isRequestTrackerInstalled || process.env['CI'] === 'true';

/** `nobody` and `nogroup` in Debian: a server started by root gives up what it is. */
const unprivileged = 65_534;

export interface RunningRequestTracker {
  /** e.g. `http://127.0.0.1:40123`; REST 2.0 stands below `/REST/2.0`. */
  readonly url: string;
  readonly queue: 'General';
  /** A text field of tickets of the queue, for a key of the caller's. */
  readonly keyField: 'allclear';
  /** May do what a ticket connector needs in that queue and no more. */
  readonly connector: { readonly user: string; readonly password: string };
  /** A person who works there; may do everything. */
  readonly technician: { readonly user: string; readonly password: string };
  /** A mail to the queue, as Debian's `rt-mailgate` hands it in; `ticket` answers that one. */
  mail(from: string, text: string, ticket?: string): Promise<void>;
  /** All mails it sent so far, as they left. */
  sent(): Promise<string>;
  /** The process is there and answers nothing, until `wake`. */
  stall(): void;
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Takes about ten seconds; rejects with what Request Tracker said when it does not come up. It hashes the password or token of
 * each call: `hashCost` 12 is how it is shipped (a quarter of a second a call here) and what measurements should leave.
 */
export async function startRequestTracker(hashCost = 12): Promise<RunningRequestTracker> {
  const folder = await mkdtemp(join(tmpdir(), 'request-tracker-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const technician = { user: 'root', password: 'technician-of-tests' };
  const connector = { user: 'connector', password: 'connector-of-tests' };
  const asUnprivileged = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {};
  const folders = ['site.d', 'mason', 'sessions', 'var'];
  const files = {
    'RT_SiteConfig.pm': siteConfig({ folder, port, hashCost }),
    'initial.pl': initialData(connector),
    password: `${technician.password}\n`,
  };
  await prepare(folder, folders, files);
  const options = {
    ...asUnprivileged,
    cwd: folder,
    env: {
      ...{ PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LC_ALL: 'C.UTF-8' },
      ...{ RT_SITE_CONFIG: join(folder, 'RT_SiteConfig.pm'), RT_SITE_CONFIG_DIR: join(folder, 'site.d') },
    },
  } as const;
  const dba = ['--dba', 'nobody', '--dba-password', 'unused'];
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await finished(
      setup,
      ['--action', 'init', '--root-password-file', join(folder, 'password'), ...dba],
      options,
    );
    await finished(setup, ['--action', 'insert', '--datafile', join(folder, 'initial.pl'), ...dba], options);
    child = spawn(server, ['--host', '127.0.0.1', '--port', String(port)], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await answering(child, url, connector);
  } catch (error) {
    await stop();
    throw error;
  }
  const running = child;
  return {
    ...{ url, queue: 'General', keyField: 'allclear', connector, technician, stop },
    async mail(from, text, ticket) {
      const subject = ticket === undefined ? 'a question' : `Re: [loopback #${ticket}] answer`;
      const lines = [`From: ${from}`, 'To: rt@example.net', `Subject: ${subject}`, 'MIME-Version: 1.0'];
      const message = [...lines, 'Content-Type: text/plain; charset=utf-8', '', text, ''].join('\n');
      const form = new FormData();
      form.set('queue', 'General');
      form.set('action', 'correspond');
      form.set('SessionType', 'REST');
      form.set('message', message);
      const answer = await fetch(`${url}/REST/1.0/NoAuth/mail-gateway`, { method: 'POST', body: form });
      const said = await answer.text();
      if (!said.startsWith('ok')) throw new Error(`the mail was not taken: ${said}`);
    },
    async sent() {
      const boxes = (await readdir(join(folder, 'var'))).filter((name) => name.endsWith('.mbox'));
      return (await Promise.all(boxes.map((name) => readFile(join(folder, 'var', name), 'utf8')))).join('');
    },
    stall: () => void running.kill('SIGSTOP'),
    wake: () => void running.kill('SIGCONT'),
  };
}

interface Signer {
  readonly user: string;
  readonly password: string;
}

async function prepare(
  folder: string,
  folders: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of folders) await mkdir(join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  if (process.getuid?.() !== 0) return;
  for (const name of ['', ...folders, ...Object.keys(files)])
    await chown(join(folder, name), unprivileged, unprivileged);
}

/** The last lines move what Debian keeps below /var, where only the web server's user may write. */
const siteConfig = (to: {
  readonly folder: string;
  readonly port: number;
  readonly hashCost: number;
}): string =>
  [
    `Set($rtname, 'loopback'); Set($Organization, 'loopback');`,
    `Set($WebDomain, '127.0.0.1'); Set($WebPort, ${to.port}); Set($BcryptCost, ${to.hashCost});`,
    `Set($DatabaseType, 'SQLite'); Set($DatabaseName, '${to.folder}/tickets.sqlite');`,
    `Set($DatabaseUser, ''); Set($DatabasePassword, '');`,
    `Set($MailCommand, 'mbox'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'error');`,
    `Set($Timezone, 'UTC');`,
    `$RT::VarPath = '${to.folder}/var'; $RT::MasonDataDir = '${to.folder}/mason'; $RT::MasonSessionDir = '${to.folder}/sessions';`,
    '1;',
    '',
  ].join('\n');

const connectorRights = [
  ...['SeeQueue', 'ShowTicket', 'ShowTicketComments', 'CreateTicket', 'ReplyToTicket', 'CommentOnTicket'],
  ...['ModifyTicket', 'SeeCustomField', 'ModifyCustomField'],
];

const initialData = ({ user, password }: Signer): string =>
  `our @Users = ({ Name => '${user}', Password => '${password}', Privileged => 1, EmailAddress => 'connector@example.net' });
our @CustomFields = ({ Name => 'allclear', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', Queue => ['General'] });
our @ACL = (
  (map { { Right => $_, UserId => '${user}', Queue => 'General' } } qw(${connectorRights.join(' ')})),
  (map { { Right => $_, GroupDomain => 'SystemInternal', GroupType => 'Everyone', Queue => 'General' } } qw(CreateTicket ReplyToTicket)),
);
1;
`;

interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function finished(program: string, args: readonly string[], options: RunOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = outputOf(child);
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said()}`)),
    );
  });
}

async function answering(child: ChildProcess, url: string, { user, password }: Signer): Promise<void> {
  const said = outputOf(child);
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${url}/REST/2.0/rt`, { headers }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (child.exitCode !== null) throw new Error(`Request Tracker ended: ${said()}`);
    if (Date.now() > deadline) throw new Error(`Request Tracker does not answer: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The last of what a process wrote. */
function outputOf(child: ChildProcess): () => string {
  let output = '';
  const hear = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return () => output;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await end;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
