import { forgetAnswers } from '../../store/idempotency';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { z } from 'zod';
import { mountedAt } from '../../api/log';
import { callerOf } from '../../api/request';
import { parse } from '../../api/validate';
import { authenticate } from '../../api/auth/authenticate';
import { idempotent } from '../../api/idempotency';
import { requires } from '../../api/permissions';
import { jsonBody, mediaTypes } from '../../api/security';
import type { Mount } from '../../api/app';
import { startTestApi, type TestApi } from '../support/api';
import { eventually } from '../support/system';

const made: string[] = [];
const Thing = z.strictObject({
  name: z.string(),
  size: z.number().int().optional(),
  inner: z.strictObject({ a: z.string() }).optional(),
});

/** Routes of the test's own behind the real frame: one that counts what it makes, and one for each way to fail. */
const mount: Mount = (app, deps) => {
  const router = express.Router();
  router.post('/things', requires('case:report'), async (req, res) => {
    const { name } = parse(Thing, req.body);
    if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 500));
    made.push(req.operationId);
    if (name === 'boom' && made.length % 2 === 1) throw new Error('张三 born 2015 stands in this message');
    res.status(201).json({ id: req.operationId, by: callerOf(req).staffId });
  });
  router.get('/refused', () => {
    throw Object.assign(new Error('two steps are open'), { type: 'StepsOpen', details: [['first_contact', 'visit']] });
  });
  router.get('/away', () => {
    throw Object.assign(new Error('no'), { name: 'TemporalAway' });
  });
  router.get('/reset', () => {
    throw new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) });
  });
  router.get('/secret/:token', (_req, res) => {
    res.json({ ok: true });
  });
  const json = [mediaTypes('application/json', 'application/*+json'), ...jsonBody()];
  app.use('/test', mountedAt('/test'), authenticate(deps), ...json, idempotent(deps), router);
};

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi({ mount });
}, 600_000);
afterAll(() => t?.close());
beforeEach(() => made.splice(0));

const as = 'xinhua_worker1';
const post = (body: unknown, headers: Record<string, string> = {}, who = as) =>
  t.ask('POST', '/test/things', { as: who, body, headers });
const raw = (text: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  t.ask('POST', '/test/things', { as, raw: text, headers: { 'content-type': 'application/json', ...headers } });

describe('bad bodies', () => {
  test('all wrong fields at once, unknown ones too', async () => {
    const reply = await post({ size: 1.5, role: 'admin', inner: { b: 1 } });
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    const paths = (reply.body['errors'] as unknown as { path: string; message: string }[]).map((one) => one.path);
    expect(paths.sort()).toEqual(['inner.a', 'inner.b', 'name', 'role', 'size']);
    expect(reply.body).toMatchObject({ type: 'urn:shouwang:problem:invalid-fields', status: 422 });
  });

  test('no body counts as an empty one', async () => {
    const reply = await t.ask('POST', '/test/things', { as });
    expect(reply.body['errors']).toEqual([{ path: 'name', message: 'required' }]);
  });

  test.each<[string, number, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
    ['broken JSON', 400, '{"name":', {}],
    ['another type', 415, 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', 415, '{"name":"x"}', { 'content-type': 'text/plain' }],
    ['more than 256 KiB', 413, JSON.stringify({ name: 'x'.repeat(256 * 1024) }), {}],
    ['a compressed body', 400, new Uint8Array(gzipSync('{"name":"x"}')), { 'content-encoding': 'gzip' }],
    ['deep JSON', 400, `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, {}],
    ['a NUL character', 400, '{"name":"a\\u0000b"}', {}],
  ])('%s is %i', async (_what, status, text, headers) => {
    const reply = await raw(text, headers);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ status });
  });
});

describe('problems', () => {
  test('a refusal of the rules keeps its name and says what is possible', async () => {
    const reply = await t.ask('GET', '/test/refused', { as });
    expect(reply.status).toBe(409);
    expect(reply.body).toMatchObject({
      type: 'urn:shouwang:problem:steps-open',
      detail: 'two steps are open',
      possible: ['first_contact', 'visit'],
    });
  });

  test.each(['/test/away', '/test/reset'])('%s is 503 with Retry-After', async (path) => {
    const reply = await t.ask('GET', path, { as });
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('5');
  });

  test('what nobody expected is a reference and nothing else', async () => {
    const reply = await post({ name: 'boom' });
    expect(reply.status).toBe(500);
    expect(JSON.stringify(reply.body)).not.toMatch(/张三|2015|frame\.test| at /);
    expect(reply.body['instance']).toBe(`urn:shouwang:request:${reply.headers.get('x-request-id')}`);
  });

  test('an unknown address is 404, a NUL in one 400', async () => {
    expect((await t.ask('GET', '/nowhere')).status).toBe(404);
    expect((await t.ask('GET', '/api/v1/cases/%00', { as })).status).toBe(400);
    expect((await t.ask('GET', '/api/v1/cases/%zz', { as })).status).toBe(400);
  });

  test('a missing permission is 403 and on the record', async () => {
    const reply = await post({ name: 'x' }, {}, 'evaluator');
    expect(reply.status).toBe(403);
    const rows = await t.api.deps.db.accessLog.findMany({ where: { staffId: 'evaluator' } });
    expect(rows).toMatchObject([{ action: 'case:report', allowed: false, address: '127.0.0.1' }]);
  });

  test('sandbox routes are not there', async () => {
    expect((await t.ask('GET', '/sandbox/accounts')).status).toBe(404);
  });
});

describe('Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  test('the same request again gives the first answer and is done once', async () => {
    const first = await post({ name: 'x', size: 1 }, key('k1'));
    const second = await post({ size: 1, name: 'x' }, key('k1'));
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(made).toEqual([first.body['id']]);
  });

  test('another body under the key is 409', async () => {
    await post({ name: 'x' }, key('k2'));
    const reply = await post({ name: 'y' }, key('k2'));
    expect(reply.status).toBe(409);
    expect(reply.body['type']).toBe('urn:shouwang:problem:idempotency-key-used');
  });

  test('another caller has keys of their own', async () => {
    const mine = await post({ name: 'x' }, key('k3'));
    const theirs = await post({ name: 'x' }, key('k3'), 'xinhua_worker2');
    expect(theirs.body['id']).not.toBe(mine.body['id']);
  });

  test('ten at once are done once', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => post({ name: 'slow' }, key('k4'))));
    expect(new Set(replies.map((one) => JSON.stringify([one.status, one.body]))).size).toBe(1);
    expect(made).toHaveLength(1);
  });

  test('an answer of 422 is kept, one of 500 is not, and the retry works on the same operation', async () => {
    const wrong = await post({}, key('k5'));
    const again = await post({}, key('k5'));
    expect(again.body).toEqual(wrong.body);
    const failed = await post({ name: 'boom' }, key('k6'));
    const retried = await post({ name: 'boom' }, key('k6'));
    expect([failed.status, retried.status]).toEqual([500, 201]);
    expect(made).toEqual([retried.body['id'], retried.body['id']]);
  });

  test('a request that died holding its key holds it for a while only: its repetition waits for that, and is answered', async () => {
    await post({ name: 'boom' }, key('k7'));
    const { db } = t.api.deps;
    await db.idempotencyKey.updateMany({ where: { key: 'k7' }, data: { heldUntil: new Date(Date.now() + 7_000) } });
    expect((await post({ name: 'boom' }, key('k7'))).status).toBe(201);
  });

  test('answers are kept sealed, for a month', async () => {
    const { db } = t.api.deps;
    const first = await post({ name: 'words-of-an-answer' }, key('k8'));
    expect(JSON.stringify(await db.idempotencyKey.findMany())).not.toContain(String(first.body['id']));
    expect((await post({ name: 'words-of-an-answer' }, key('k8'))).body).toEqual(first.body);
    await db.idempotencyKey.updateMany({
      where: { key: 'k8' },
      data: { createdAt: new Date(Date.now() - 32 * 86_400_000) },
    });
    await forgetAnswers(db);
    expect(await db.idempotencyKey.count({ where: { key: 'k8' } })).toBe(0);
    expect(await db.idempotencyKey.count()).toBeGreaterThan(0);
  });

  test('a key that is none is 422', async () => {
    expect((await post({ name: 'x' }, key('x'.repeat(256)))).status).toBe(422);
  });

  test('without a key everything is done each time', async () => {
    await post({ name: 'x' });
    await post({ name: 'x' });
    expect(new Set(made).size).toBe(2);
  });
});

describe('every answer', () => {
  test('is not kept, sends no address on and allows nothing inline', async () => {
    const { headers } = await t.ask('GET', '/healthz');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('is counted by its pattern, never by its address', async () => {
    await t.ask('GET', '/test/secret/s3cr3t-t0ken', { as });
    const { body } = await t.ask('GET', '/metrics');
    expect(String(body)).toContain('route="/test/secret/:token"');
    expect(String(body)).not.toContain('s3cr3t');
    const names = String(body).match(/^[a-z_]+/gm) ?? [];
    expect(names.filter((name) => !name.startsWith('shouwang_'))).toEqual([]);
  });
});

describe('what operators ask', () => {
  test('readyz: database and Temporal are there, no worker polls this queue', async () => {
    // A probe waits for nobody longer than a moment; on a busy machine one may find Temporal slow.
    const reply = await eventually(
      () => t.ask('GET', '/readyz'),
      ({ body }) => body['checks']?.['temporal'] === true,
    );
    expect(reply.status).toBe(503);
    expect(reply.body).toMatchObject({ ok: false, checks: { database: true, temporal: true, worker: false } });
    expect(Array.isArray(reply.body['warnings'])).toBe(true);
  });

  test('openapi.json is 3.1, names every route with its permission, and every reference resolves', async () => {
    const { body } = await t.ask('GET', '/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    expect(Object.keys(body['paths'] ?? {})).toEqual(
      expect.arrayContaining(['/api/v1/me', '/readyz', '/api/v1/cases']),
    );
    const references = JSON.stringify(body).match(/"\$ref":"([^"]+)"/g) ?? [];
    expect(new Set(references)).toEqual(new Set(['"$ref":"#/components/schemas/Problem"']));
  });

  test('docs shows them as a page without scripts', async () => {
    const { body, headers } = await t.ask('GET', '/docs');
    expect(headers.get('content-type')).toContain('text/html');
    expect(String(body)).toContain('/api/v1/me');
    expect(String(body)).not.toContain('<script');
    expect((await t.ask('GET', '/assets/docs.css')).headers.get('cache-control')).toContain('max-age');
  });
});
