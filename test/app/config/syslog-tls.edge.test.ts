// `syslogTls` of the configuration, with files as they lie on a disk.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../src/app/config/config.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syslog-tls-config-'));
  for (const name of ['a', 'b']) {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
      ...['-days', '2', '-subj', `/CN=${name}`],
    ]);
  }
  await writeFile(join(folder, 'empty.pem'), '');
}, 30_000);
afterAll(() => rm(folder, { recursive: true }));

const parse = (text: string) => parseConfig(join(folder, 'allclear.yaml'), text);
const wrong = (text: string): string[] => parse(text).problems.map(({ line, code }) => `${line} ${code}`);

test('certificate and key are read beside the configuration, the key stays secret', () => {
  const { value, problems } = parse('syslogTls: { cert: a.pem, key: a.key, ca: b.pem }');
  expect(problems).toEqual([]);
  expect(value.syslogTls?.listen).toEqual({ host: '0.0.0.0', port: 6514 });
  expect(value.syslogTls?.cert).toContain('BEGIN CERTIFICATE');
  expect(JSON.stringify(value.syslogTls)).not.toContain('PRIVATE KEY');
});

test('a file that is not there, a key of another certificate and a wrong port are shown where they stand', () => {
  expect(wrong('syslogTls:\n  cert: a.pem\n  key: none.key\n')).toEqual(['3 config/file-unreadable']);
  expect(wrong('syslogTls:\n  cert: a.pem\n  key: b.key\n')).toEqual(['2 syslog/certificate']);
  expect(wrong('syslogTls: { listen: "0.0.0.0:70000", cert: a.pem, key: a.key }')).toEqual([
    '1 config/not-valid',
  ]);
  expect(wrong('syslogTls: { cert: a.pem }')).toHaveLength(1);
});

test('without the authorities that were asked for nothing is listened for', () => {
  const { value, problems } = parse('syslogTls: { cert: a.pem, key: a.key, ca: gone.pem }');
  expect([value.syslogTls, problems.length]).toEqual([undefined, 1]);
});
