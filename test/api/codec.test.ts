/** Temporal's pages ask for payloads to be opened: an administrator, from there alone, and on the record. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptingCodec, payloadKeys } from '../../runtime/payload-codec';
import { cookiesOf, startTestApi, type TestApi } from '../support/api';

const UI = 'http://temporal.shouwang.invalid';
let t: TestApi;
let sealed: { metadata: Record<string, string>; data: string };
beforeAll(async () => {
  t = await startTestApi({ config: { temporalUiOrigin: UI } });
  const codec = new EncryptingCodec(t.config.payloadKeys);
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ do: 'assign', staffId: 'x' })]);
  sealed = asJson(payload ?? {});
}, 600_000);
afterAll(() => t?.close());

const asJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});
const decode = (as: string | undefined, payloads: unknown[], headers: Record<string, string> = { origin: UI }) =>
  t.ask('POST', '/codec/decode', { as, body: { payloads }, headers });

test('an administrator reads what a workflow was told; what was never sealed passes', async () => {
  const plain = asJson(defaultPayloadConverter.toPayload('clear'));
  const { status, body, headers } = await decode('admin', [sealed, plain]);
  expect(status).toBe(200);
  const [opened, passed] = body['payloads'] as unknown as { data: string }[];
  expect(JSON.parse(Buffer.from(opened?.data ?? '', 'base64').toString())).toEqual({ do: 'assign', staffId: 'x' });
  expect(passed).toEqual(plain);
  expect(headers.get('access-control-allow-origin')).toBe(UI);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  const lines = await t.api.deps.db.accessLog.findMany({ where: { action: 'payload:decode', allowed: true } });
  expect(lines).toMatchObject([{ staffId: 'admin', address: expect.any(String) }]);
});

test('nobody else reads it, and whoever tries is on the record', async () => {
  expect((await decode(undefined, [sealed])).status).toBe(401);
  for (const as of ['xinhua_worker1', 'xinhua_supervisor', 'duty1', 'evaluator'])
    expect([as, (await decode(as, [sealed])).status]).toEqual([as, 403]);
  const refused = await t.api.deps.db.accessLog.count({ where: { action: 'payload:decode', allowed: false } });
  expect(refused).toBe(4);
});

test('browsers may ask from Temporal’s pages alone', async () => {
  for (const origin of ['http://evil.invalid', 'null', `${UI}.evil.invalid`, `${UI}:81`]) {
    const reply = await decode('admin', [sealed], { origin });
    expect([origin, reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([origin, 403, null]);
    const asked = await t.ask('OPTIONS', '/codec/decode', { headers: { origin } });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  }
  const asked = await t.ask('OPTIONS', '/codec/decode', {
    headers: { origin: UI, 'access-control-request-method': 'POST' },
  });
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-headers')).toContain('x-namespace');
  // The rest of the API knows no other origin.
  const other = await t.ask('GET', '/api/v1/staff', { as: 'admin', headers: { origin: UI } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('the sign-in of a browser counts there, and with a write elsewhere it does not', async () => {
  const { username, password } = t.account('admin');
  const signedIn = await t.ask('POST', '/api/auth/sign-in/username', {
    body: { username, password },
    headers: { origin: t.config.publicUrl },
  });
  expect(signedIn.status).toBe(200);
  const cookie = cookiesOf(signedIn);
  const from = { origin: UI, cookie, 'sec-fetch-site': 'same-site' };
  expect((await decode(undefined, [sealed], from)).status).toBe(200);
  const write = await t.ask('POST', '/api/v1/cases', { body: {}, headers: from });
  expect(write.status).toBe(403);
});

test('what does not open, and what is no payload, is said by name', async () => {
  const key = payloadKeys(Buffer.alloc(32, 9).toString('base64'));
  const [strange] = await new EncryptingCodec(key).encode([defaultPayloadConverter.toPayload(1)]);
  expect((await decode('admin', [asJson(strange ?? {})])).body['type']).toBe(
    'urn:shouwang:problem:payload-key-unknown',
  );
  const changed = Buffer.from(sealed.data, 'base64');
  changed[20] = (changed[20] ?? 0) ^ 1;
  const broken = await decode('admin', [{ ...sealed, data: changed.toString('base64') }]);
  expect([broken.status, broken.body['type']]).toEqual([409, 'urn:shouwang:problem:payload-seal-broken']);
  expect((await decode('admin', [{ ...sealed, more: 1 }])).status).toBe(422);
});
