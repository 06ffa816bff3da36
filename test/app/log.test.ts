/** Canaries: whatever is logged, no secret and nobody's address is in the written lines. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/app/config/config.ts';
import { openLog } from '../../src/app/log.ts';
import { Fault } from '../../src/base/fault.ts';
import { formatProblem } from '../../src/base/problem.ts';
import { Secret } from '../../src/base/secret.ts';

function written(log: (to: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = [];
  log(openLog({ level: 'debug', role: 'test', write: (line) => lines.push(line) }));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) JSON.parse(line);
  return lines.join('');
}

const canary = 'canary-Zq7';
const phone = '+79161234567';

test.each([
  'community',
  'password',
  'secret',
  'token',
  'authKey',
  'privKey',
  'Authorization',
  'cookie',
  'phone',
  'email',
])('a value under the name %s is cut at every depth', (name) => {
  const text = written((log) => {
    const held = { [name]: canary, kept: 'kept-word' };
    log.info('one', held);
    log.warn('deep', { devices: [{ v3: { of: { peer: held } } }] });
    log.error('whole', { [name]: { inside: [canary] } });
  });
  expect(text).not.toContain(canary);
  expect(text).toContain('kept-word');
});

test('a Secret prints as *** wherever it lies', () => {
  const secret = new Secret(canary);
  const text = written((log) => {
    log.debug('a secret', { secret, list: [secret], device: { key: secret } });
    log.info(`in a text ${secret}`, { text: `${secret}`, error: new Error(`wrong: ${secret}`) });
  });
  expect(text).not.toContain(canary);
  expect(text).toContain('***');
});

test('an error says what happened and nothing that a package hung on it', () => {
  const cause = Object.assign(new Error(`401 for Bearer ${canary}`), {
    config: { auth: { pass: canary } },
    request: `POST with ${canary}`,
  });
  const error = new Fault('reach/no-answer', `https://user:${canary}@gw.example/send is silent`, cause);
  const text = written((log) => log.error('a call failed', { error, again: String(cause) }));
  expect(text).not.toContain(canary);
  expect(text).toContain('reach/no-answer');
  expect(text).toContain('gw.example');
  expect(text).toContain('401 for Bearer ***');
});

test('links that sign in, numbers and addresses of people are cut out of any text', () => {
  const text = written((log) => {
    log.info(`to ${phone}`, { reason: `550 <anna@home.example> is unknown, tried ${phone}, too` });
    log.info('links', {
      url: `http://127.0.0.1:8080/sign-in/${canary}`,
      page: `https://s.example/s/${canary}`,
    });
  });
  for (const never of [canary, phone, 'anna@home.example']) expect(text).not.toContain(never);
  expect(text).toContain('http://127.0.0.1:8080/sign-in/***');
});

test('what is circular, endless or strange is written in bounds', () => {
  const circle: Record<string, unknown> = { big: 12n, none: null, never: undefined };
  circle['self'] = circle;
  const text = written((log) => {
    log.info('strange', { circle, many: Array.from({ length: 100_000 }, (_, index) => index) });
  });
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('"big":"12"');
});

test('no problem of a configuration repeats the secret it is about', () => {
  const { problems } = parseConfig(
    '/tmp/allclear.yaml',
    [
      'snmp:',
      `  trapCommunities: [ { env: NOT_SET_ANYWHERE }, { value: ${canary} } ]`,
      'devices:',
      `  - { id: r-1, address: 192.0.2.1, community: [${canary}] }`,
      `  - { id: r-2, address: 192.0.2.2, v3: { user: u, level: authPriv, authKey: { envv: ${canary} }, privKeys: ${canary} } }`,
      'channels:',
      `  sms: { kind: webhook, url: "http://127.0.0.1:9/send", secret: { text: ${canary} } }`,
      `  mail: { kind: smtp, host: mail.example, port: 25, tls: off, user: u, password: ${canary}, from: "noc@isp.example" }`,
    ].join('\n'),
  );
  expect(problems.length).toBeGreaterThan(3);
  expect(problems.map(formatProblem).join('\n')).not.toContain(canary);
});

test.each([
  ['snmp: { trapCommunities: [ 9182736450 ] }', 1],
  ['devices:\n  - { id: r, address: a, community: 9182736450 }', 1],
  [
    'devices:\n  - { id: r, address: a, v3: { user: u, level: authPriv, authKey: 9182736450, privKey: true } }',
    2,
  ],
  ['channels:\n  mail: { kind: smtp, host: h, from: a@b.example, password: 9182736450 }', 1],
  ['channels:\n  sms: { kind: webhook, url: "https://gw.example/", secret: 9182736450 }', 1],
])('a secret that is written as a number is a problem without the number: %s', (text, least) => {
  const { problems } = parseConfig('/tmp/allclear.yaml', text);
  expect(problems.length).toBeGreaterThanOrEqual(least);
  expect(problems.map(formatProblem).join('\n')).not.toContain('9182736450');
});

test('neither does one of a value that is well formed and refused', () => {
  const { problems } = parseConfig(
    '/tmp/allclear.yaml',
    `channels:\n  sms: { kind: webhook, url: "http://127.0.0.1:9/send", secret: ${canary} }\n`,
  );
  expect(problems).toHaveLength(1);
  expect(problems.map(formatProblem).join('\n')).not.toContain(canary);
});
