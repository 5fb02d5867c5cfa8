/** The web's rules, each asked of the running API: TLS, headers, cookies, limits, odd bodies, other sites. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { readConfig } from '../../api/config';
import { SECRETS } from '../../runtime/env';
import { PROJECT } from '../../sandbox/config';
import { startTestApi, type TestApi } from '../support/api';
import { CERT, KEY } from '../support/tls';

const as = 'xinhua_worker1';

describe('over TLS of its own', () => {
  let t: TestApi;
  beforeAll(async () => {
    t = await startTestApi({ config: { tls: { cert: CERT, key: KEY }, publicUrl: 'https://shouwang.test' } });
  }, 600_000);
  afterAll(() => t?.close());

  const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      const sent = { ...(body && { 'content-type': 'application/json' }), ...headers };
      const req = request({ host: '127.0.0.1', port: t.api.port, path, method, ca: CERT, headers: sent }, (res) => {
        res.resume();
        res.once('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers }));
      });
      req.once('error', reject);
      req.end(body && JSON.stringify(body));
    });
  const handshake = (options: ConnectionOptions): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: t.api.port, ca: CERT, ...options }, () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      });
      socket.once('error', () => resolve('refused'));
    });

  test('answers with its certificate, in TLS 1.2 and 1.3 and nothing older', async () => {
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect(await handshake({})).toBe('TLSv1.3');
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(old)).toBe('refused');
  });

  test('says for a year that there is nothing but TLS', async () => {
    const { headers } = await ask('GET', '/healthz');
    expect(headers['strict-transport-security']).toMatch(/^max-age=31536000; includeSubDomains/);
  });

  test('its cookies are this host’s alone: Secure, HttpOnly, SameSite=Strict, __Host-', async () => {
    const { username, password } = t.account(as);
    const reply = await ask('POST', '/api/auth/sign-in/username', { username, password });
    expect(reply.status).toBe(200);
    const cookies = reply.headers['set-cookie'] ?? [];
    expect(cookies.length).toBeGreaterThanOrEqual(2);
    for (const line of cookies) {
      expect(line).toMatch(/^__Host-/);
      for (const attribute of [/; Secure/i, /; HttpOnly/i, /; SameSite=Strict/i, /; Path=\/(;|$)/i])
        expect(line).toMatch(attribute);
      expect(line).not.toMatch(/Domain=/i);
    }
    const cookie = String(cookies).replaceAll(/;[^,]*(,|$)/g, '; ');
    expect((await ask('GET', '/api/v1/me', undefined, { cookie })).status).toBe(200);
  });
});

describe('limits', () => {
  const MOST = 40;
  let t: TestApi;
  beforeAll(async () => {
    t = await startTestApi({ config: { ratePerMinute: MOST, trustProxy: ['loopback'] } });
  }, 600_000);
  afterAll(() => t?.close());
  const from = (address: string, who?: string) =>
    t.ask('GET', '/api/v1/me', { as: who, headers: { 'x-forwarded-for': address } });

  test('by address: the one too many is 429 with how long to wait, another address goes on', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < MOST + 5; n += 1) statuses.push((await from('203.0.113.1')).status);
    expect(statuses.filter((one) => one === 401)).toHaveLength(MOST);
    const last = await from('203.0.113.1', 'admin');
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('203.0.113.2', 'admin')).status).toBe(200);
  });

  test('by person: from however many addresses; another person goes on', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < MOST + 5; n += 1) statuses.push((await from(`203.0.113.${n + 10}`, 'duty1')).status);
    expect(statuses.filter((one) => one === 200)).toHaveLength(MOST);
    expect(statuses.slice(MOST)).toEqual(Array(5).fill(429));
    expect((await from('203.0.113.10', 'duty2')).status).toBe(200);
  });
});

describe('bodies and other sites', () => {
  let t: TestApi;
  beforeAll(async () => {
    t = await startTestApi();
  }, 600_000);
  afterAll(() => t?.close());
  const json = { 'content-type': 'application/json' };
  const post = (raw: string | Uint8Array<ArrayBuffer>, headers = {}, path = '/api/v1/cases') =>
    t.ask('POST', path, { as, raw, headers: { ...json, ...headers } });

  test.each<[string, number, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
    ['objects in objects', 400, `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, {}],
    ['120000 open brackets', 400, '['.repeat(120_000), {}],
    ['a field twice', 400, '{"type":"neglect","type":"missing"}', {}],
    ['a field twice, once in escapes', 400, '{"type":"neglect","t\\u0079pe":"missing"}', {}],
    ['a field twice further in', 400, '{"child":{"name":"a","name":"b"}}', {}],
    ['a gzip bomb', 400, new Uint8Array(gzipSync(Buffer.alloc(20_000_000))), { 'content-encoding': 'gzip' }],
    // "type" a second time, as UTF-7 would have it: what is looked over has to be what is read.
    [
      'another charset',
      415,
      '{"type":"missing","t+AHk-pe":"neglect","child":{},"narrative":"x"}',
      { 'content-type': 'application/json; charset=utf-7' },
    ],
    ['200000 fields', 413, `{${Array.from({ length: 200_000 }, (_, n) => `"f${n}":1`).join(',')}}`, {}],
    ['a prototype', 422, '{"__proto__":{"role":"admin"},"constructor":{"prototype":{}}}', {}],
  ])('%s is %i', async (_what, status, text, headers) => {
    const reply = await post(text, headers);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(Object.keys(reply.body)).not.toContain('stack');
  });

  test('the same key in two objects, and text that looks like one, are fine', async () => {
    const reply = await post('{"child":{"name":"\\"name\\":{"},"reporter":{"name":"{{[["},"type":1}');
    expect(reply.status).toBe(422);
  });

  test('the sign-in reads with the same eyes', async () => {
    const sign = (raw: string) => t.ask('POST', '/api/auth/sign-in/username', { raw, headers: json });
    expect((await sign('{"username":"a","username":"b","password":"c"}')).status).toBe(400);
    expect((await sign(`{"username":${'['.repeat(5_000)}`)).status).toBe(400);
    expect((await sign(JSON.stringify({ username: 'a'.repeat(17_000), password: 'b' }))).status).toBe(413);
    expect((await sign(JSON.stringify({ username: 'a\u0000b', password: 'c' }))).status).toBe(400);
  });

  test('a cookie that cannot be read is none', async () => {
    const headers = { cookie: 'shouwang.device=%; shouwang.two_factor=%E0%', 'sec-fetch-site': 'same-origin' };
    const body = { username: as, password: 'not this one' };
    expect((await t.ask('POST', '/api/auth/sign-in/username', { body, headers })).status).toBe(401);
    expect((await t.ask('GET', '/api/auth/get-session', { headers })).status).toBe(200);
  });

  test('a report as long as a body may be is taken, one byte more is 413', async () => {
    const report = { type: 'neglect', child: {}, narrative: '' };
    const room = 256 * 1024 - JSON.stringify(report).length;
    const long = (length: number) => post(JSON.stringify({ ...report, narrative: 'a'.repeat(length) }));
    // 202 where Temporal takes long.
    expect([201, 202]).toContain((await long(room)).status);
    expect((await long(room + 1)).status).toBe(413);
  });

  test('nothing is written for another site, signed in or by a set-up link', async () => {
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    for (const path of ['/api/setup/finish', '/api/auth/sign-in/username', '/api/auth/sign-out'])
      expect([path, (await t.ask('POST', path, { body: {}, headers: cross })).status]).toEqual([path, 403]);
    // What a form of that site can send without asking: a form, and text.
    const forms = ['/api/setup/finish', '/api/auth/sign-in/username', '/r', '/a/x', '/p', '/s/x', '/api/v1/cases'];
    for (const path of forms)
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const headers = { ...cross, 'content-type': type, cookie: 'shouwang.session_token=x' };
        const { status } = await t.ask('POST', path, { raw: 'a=b', headers });
        expect([path, type, status]).toEqual([path, type, path === '/api/v1/cases' ? 401 : 403]);
      }
    const { headers } = await t.ask('GET', '/api/v1/me', { as, headers: { origin: 'https://evil.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('the app’s page allows script of its own alone, and style by a fresh nonce', async () => {
    const policy = async () =>
      (await t.ask('GET', '/', { headers: { accept: 'text/html' } })).headers.get('content-security-policy') ?? '';
    const [first, second] = [await policy(), await policy()];
    expect(first).toContain("script-src 'self';");
    expect(first).toContain("frame-ancestors 'none'");
    expect(first).not.toMatch(/unsafe|https?:|\*/);
    expect(/'nonce-([\w+/=]{20,})'/.exec(first)?.[1]).not.toBe(/'nonce-([\w+/=]{20,})'/.exec(second)?.[1]);
  });
});

describe('secrets', () => {
  const secret = (): string => randomBytes(32).toString('hex');
  const values = () => ({
    DATABASE_URL: `postgresql://shouwang:${secret()}@127.0.0.1:1/shouwang`,
    VAULT_KEY: randomBytes(32).toString('base64'),
    AUTH_SECRET: secret(),
    CARRIER_SECRET: secret(),
  });
  const plain = { TEMPORAL_ADDRESS: '127.0.0.1:1', HOST: '127.0.0.1', PORT: '0', PATH: process.env['PATH'] };

  test('come from files where NAME_FILE says so, and every secret may', () => {
    const dir = mkdtempSync(join(tmpdir(), 'shouwang-secrets-'));
    const given = { ...values(), TLS_CERT: CERT, TLS_KEY: KEY };
    const files = Object.entries(given).map(([name, value]) => {
      expect(SECRETS).toContain(name);
      writeFileSync(join(dir, name), `${value}\n`);
      return [`${name}_FILE`, join(dir, name)];
    });
    const config = readConfig({ ...plain, ...Object.fromEntries(files) });
    rmSync(dir, { recursive: true });
    expect(config.authSecret).toBe(given.AUTH_SECRET);
    expect(config.tls).toEqual({ cert: CERT.trim(), key: KEY.trim() });
  });

  test.each([
    ['well configured', {}, /"msg":"ready"/],
    ['with a wrong one', { CARRIER_SECRET: 'too short, and a secret!' }, /CARRIER_SECRET/],
    ['with half of TLS', { TLS_KEY: KEY }, /TLS_CERT and TLS_KEY/],
  ])('are never printed, %s', async (_how, wrong, expected) => {
    const given = { ...values(), ...wrong };
    const env = { ...plain, ...given, LOG_LEVEL: 'trace' };
    const api = spawn(process.execPath, ['dist/api/main.js'], { cwd: PROJECT, env });
    let said = '';
    const closed = once(api, 'close');
    for (const stream of [api.stdout, api.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    api.stdout.on('data', () => {
      // Once it has said of its database as well that it cannot be reached, in whatever words.
      if (/"msg":"ready"/.test(said) && /"failure"/.test(said)) api.kill('SIGTERM');
    });
    await closed;
    expect(said).toMatch(expected);
    for (const value of Object.values(given)) {
      expect(said).not.toContain(value);
      expect(said).not.toContain(encodeURIComponent(value));
    }
    expect(said).not.toContain(given.DATABASE_URL.split(':')[2]?.split('@')[0]);
  });
});
