import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import sharp from 'sharp';
import { sweepAttachments } from '../../../store/attachments/sweep';
import { m4a, OWNER, pdf, picture, PLACE, wav } from '../../support/files';
import { startS3 } from '../../support/s3-server';
import { eventually } from '../../support/system';
import { type AttachmentsApi, bufferOf, startAttachmentsApi, SUPERVISOR, WORKER } from './rig';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['disk', 's3'] as const)('stored on %s', (kind) => {
  let t: AttachmentsApi;
  let stop: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    const s3 = kind === 's3' ? await startS3() : undefined;
    if (s3) stop = s3.stop;
    t = await startAttachmentsApi(s3?.storage);
  }, 600_000);
  afterAll(async () => {
    await t?.close();
    await stop();
  });

  test('a photo: what leaves has no place, the original stays as evidence, the small one is small', async () => {
    const photo = await picture('jpeg', { width: 1_600, height: 900, orientation: 6 });
    const { status, body } = await t.send(photo, '孩子的伤.jpg', { caption: '左臂', type: 'image/jpeg' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ownerKind: 'case', ownerId: t.caseId, type: 'image/jpeg', size: photo.length });
    expect(body).toMatchObject({ width: 1_600, height: 900, thumbnail: true, name: '孩子的伤.jpg', caption: '左臂' });
    expect(body).toMatchObject({ sha256: sha256(photo), addedBy: { kind: 'staff', id: WORKER }, withdrawnAt: null });
    const id = String(body['id']);

    const left = await t.bytes(id);
    expect(left.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent('孩子的伤.jpg')}`);
    expect(left.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(left.headers.get('x-content-type-options')).toBe('nosniff');
    expect(left.headers.get('cache-control')).toBe('no-store');
    const copy = await bufferOf(left);
    expect(copy.length).toBe(Number(left.headers.get('content-length')));
    expect(copy.includes(OWNER)).toBe(false);
    expect((await sharp(copy).metadata()).orientation).toBe(6);

    expect((await t.bytes(id, '?copy=original')).status).toBe(403);
    expect((await bufferOf(await t.bytes(id, '?copy=original', SUPERVISOR))).equals(photo)).toBe(true);
    const small = await bufferOf(await t.bytes(id, '?copy=thumb'));
    expect(await sharp(small).metadata()).toMatchObject({ format: 'jpeg', width: 180, height: 320 });
    expect(small.includes(OWNER)).toBe(false);

    const listed = await t.get(`/cases/${t.caseId}/attachments`);
    expect(listed.body['items']).toEqual([body]);
    const looks = await t.api.deps.db.accessLog.findMany({ where: { caseId: t.caseId, allowed: true } });
    const actions = looks.map(({ action, ground }) => `${action} ${ground}`);
    for (const action of ['write', `clean/${id}`, `original/${id}`, `thumb/${id}`, 'list']) {
      expect(actions).toContain(`attachment:${action} station`);
    }
  });

  test('a recording is heard in parts', async () => {
    const sound = wav(300_000);
    const id = String((await t.send(sound, '录音.wav')).body['id']);
    const part = await t.bytes(id, '', WORKER, { range: 'bytes=100000-200000' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100000-200000/${sound.length}`]);
    expect((await bufferOf(part)).equals(sound.subarray(100_000, 200_001))).toBe(true);
    const last = await t.bytes(id, '', WORKER, { range: 'bytes=-10' });
    expect((await bufferOf(last)).equals(sound.subarray(-10))).toBe(true);
    expect((await t.bytes(id, '', WORKER, { range: `bytes=${sound.length}-` })).status).toBe(416);
    const phone = String((await t.send(m4a(), '录音.m4a')).body['id']);
    expect((await bufferOf(await t.bytes(phone))).includes(PLACE)).toBe(false);
    const end = await bufferOf(await t.bytes(phone, '', WORKER, { range: 'bytes=5000-' }));
    expect(end.equals((await bufferOf(await t.bytes(phone))).subarray(5_000))).toBe(true);
  });

  test('a child that is erased leaves noise, and then nothing', async () => {
    const other = await t.ask('POST', '/api/v1/cases', {
      as: WORKER,
      body: { type: 'neglect', child: { name: '另一儿童' }, narrative: '演示' },
    });
    const caseId = String(other.body['id']);
    const id = String((await t.send(pdf(), '鉴定.pdf', { to: `cases/${caseId}` })).body['id']);
    const { db, vault, blobs } = t.api.deps;
    const { subjectId, blobKey } = await db.attachment.findUniqueOrThrow({ where: { id } });
    await db.$transaction((tx) => vault.destroySubject(tx, subjectId));
    expect((await t.bytes(id)).status).toBe(404);
    expect((await t.get(`/attachments/${id}`)).body).toMatchObject({ name: null, caption: null, sha256: null });
    expect(await sweepAttachments({ db, blobs }, Date.now())).toEqual({ lost: 0, erased: 1 });
    await expect(blobs.get(blobKey)).rejects.toMatchObject({ name: 'BlobUnknown' });
    expect((await t.get(`/attachments/${id}`)).body['erasedAt']).toEqual(expect.any(String));
    expect(await sweepAttachments({ db, blobs }, Date.now())).toEqual({ lost: 0, erased: 0 });
  });
});

describe('what is refused, and what is told once', () => {
  let t: AttachmentsApi;
  beforeAll(async () => {
    t = await startAttachmentsApi();
  }, 600_000);
  afterAll(() => t?.close());

  const nothingLeft = async (): Promise<void> => {
    expect(t.onDisk()).toEqual([]);
    expect(await t.api.deps.db.attachmentStage.count()).toBe(0);
    expect(await t.api.deps.db.attachment.count()).toBe(0);
  };

  test('nothing of what is refused is stored', async () => {
    const { storage } = t.config;
    if (storage.kind === 'disk') mkdirSync(storage.folder, { recursive: true });
    const bomb = await picture('png', { width: 10, height: 10 });
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    const noPicture = Buffer.concat([(await picture('jpeg')).subarray(0, 700), Buffer.from([0xff, 0xd9])]);
    const wrong: [number, string, Uint8Array, string, string?][] = [
      [415, 'file-type-unsupported', Buffer.from('PK\u0003\u0004 word/vbaProject.bin'), '记录.docm'],
      [415, 'file-type-unsupported', Buffer.from('<svg onload="alert(1)"/>'), 'a.svg'],
      [415, 'file-type-unsupported', m4a('vide'), 'a.mp4'],
      [422, 'file-not-what-it-says', await picture('png'), '伤.jpg'],
      [422, 'file-not-what-it-says', await picture('png'), '伤.png', 'application/pdf'],
      [422, 'file-not-what-it-says', (await picture('jpeg')).subarray(0, -40), 'a.jpg'],
      [422, 'file-not-what-it-says', noPicture, 'a.jpg'],
      [422, 'file-unsafe', bomb, 'a.png'],
      [422, 'file-unsafe', pdf('/OpenAction<</S/JavaScript/JS(x)>>'), 'a.pdf'],
      [413, 'too-large', wav(50 * 1024 * 1024), 'a.wav'],
    ];
    for (const [status, type, bytes, name, said] of wrong) {
      const reply = await t.send(bytes, name, { type: said });
      expect([name, reply.status, reply.body['type']]).toEqual([name, status, `urn:shouwang:problem:${type}`]);
      expect(JSON.stringify(reply.body)).not.toContain('伤');
    }
    expect((await t.send(pdf(), 'a.pdf', { caption: 'x'.repeat(501) })).status).toBe(422);
    await nothingLeft();
  });

  test('an upload that is cut off leaves nothing', async () => {
    const { hostname, port } = new URL(t.url);
    const body = Buffer.concat([
      Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n',
      ),
      wav(3_000_000),
    ]);
    const head = [
      `POST /api/v1/uploads/cases/${t.caseId} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${t.account(WORKER).token}`,
      'Content-Type: multipart/form-data; boundary=b',
      `Content-Length: ${body.length + 1_000_000}`,
    ].join('\r\n');
    const socket = connect(Number(port), hostname);
    socket.write(`${head}\r\n\r\n`);
    socket.write(body);
    await eventually(
      async () => t.onDisk(),
      (names) => names.some((name) => name.endsWith('.part')),
    );
    socket.destroy();
    await eventually(
      async () => t.onDisk(),
      (names) => names.length === 0,
    );
    await eventually(
      () => t.api.deps.db.attachmentStage.count(),
      (count) => count === 0,
    );
    await nothingLeft();
  });

  test('the same upload twice, also at the same time, is one; another one under its key is refused', async () => {
    const sending = { key: 'photo-1', caption: '门口' };
    const photo = await picture('png');
    const [one, two] = await Promise.all([t.send(photo, 'a.png', sending), t.send(photo, 'a.png', sending)]);
    const three = await t.send(photo, 'a.png', sending);
    expect([one.status, two.status, three.status]).toEqual([201, 201, 201]);
    expect([two.body, three.body]).toEqual([one.body, one.body]);
    expect(three.headers.get('idempotent-replayed')).toBe('true');
    expect((await t.send(await picture('webp'), 'a.webp', sending)).status).toBe(409);
    expect(await t.api.deps.db.attachment.count()).toBe(1);
    expect(t.onDisk().length).toBe(2);
  });

  test('50 MB pass through, and nothing of them lies readable on the disk or in the database', async () => {
    const sound = wav(50 * 1024 * 1024 - 44);
    const reply = await t.send(sound, '王小明的录音.wav', { caption: '王小明说的话' });
    expect([reply.status, reply.body['size']]).toEqual([201, 50 * 1024 * 1024]);
    const { blobKey } = await t.api.deps.db.attachment.findUniqueOrThrow({ where: { id: String(reply.body['id']) } });
    const { storage } = t.config;
    const folder = storage.kind === 'disk' ? storage.folder : '';
    const sealed = readFileSync(join(folder, blobKey.slice(0, 2), blobKey));
    expect(sealed.includes('WAVEfmt')).toBe(false);
    expect(sealed.includes(sound.subarray(1_000, 1_032))).toBe(false);
    const owner = new pg.Client(t.ownerUrl);
    await owner.connect();
    try {
      for (const table of [
        'attachments',
        'attachment_events',
        'attachment_stages',
        'vault_items',
        'access_log',
        'idempotency_keys',
      ]) {
        const { rows } = await owner.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
        expect([table, rows.filter(({ row }) => row.includes('王小明'))]).toEqual([table, []]);
      }
      await expect(owner.query('UPDATE attachment_events SET action = action')).rejects.toThrow('append-only');
    } finally {
      await owner.end();
    }
    expect(sha256(await bufferOf(await t.bytes(String(reply.body['id']))))).toBe(sha256(sound));
  });

  test('another station sees nothing, and the refusal is on record', async () => {
    const { body } = await t.send(pdf(), 'a.pdf');
    const id = String(body['id']);
    for (const as of ['donghu_worker1', 'donghu_supervisor']) {
      expect((await t.bytes(id, '', as)).status).toBe(404);
      expect((await t.get(`/attachments/${id}`, as)).status).toBe(404);
      expect((await t.get(`/cases/${t.caseId}/attachments`, as)).status).toBe(404);
      expect((await t.send(pdf(), 'a.pdf', { as })).status).toBe(404);
      const withdrawn = await t.ask('POST', `/api/v1/attachments/${id}/withdraw`, { as, body: { reason: '误传' } });
      expect(withdrawn.status).toBe(404);
    }
    for (const as of ['admin', 'evaluator']) expect((await t.bytes(id, '', as)).status).toBe(403);
    const refused = await t.api.deps.db.accessLog.count({
      where: { caseId: t.caseId, allowed: false, action: 'case:out-of-scope' },
    });
    expect(refused).toBeGreaterThan(8);
    expect((await t.bytes(randomUUID())).status).toBe(404);
    expect((await t.bytes(id, '', 'duty1')).status).toBe(200);
  });

  test('withdrawn with a reason by whoever added it or a supervisor; kept as evidence', async () => {
    const withdraw = (id: string, as: string) =>
      t.ask('POST', `/api/v1/attachments/${id}/withdraw`, { as, body: { reason: '传错了人' } });
    const id = String((await t.send(pdf(), 'a.pdf')).body['id']);
    expect((await withdraw(id, 'xinhua_worker2')).status).toBe(403);
    const first = await withdraw(id, WORKER);
    expect(first.body).toMatchObject({ id, withdrawnAt: expect.any(String), withdrawnBy: WORKER });
    expect(JSON.stringify(first.body)).not.toContain('传错了人');
    expect((await withdraw(id, SUPERVISOR)).status).toBe(409);
    expect((await t.get(`/attachments/${id}`)).body).toMatchObject({ reason: '传错了人', name: 'a.pdf' });
    expect((await t.bytes(id)).status).toBe(200);
    const other = String((await t.send(pdf(), 'b.pdf')).body['id']);
    expect((await withdraw(other, SUPERVISOR)).status).toBe(200);
  });

  test('a service record has files too, each under its only child, or a key of its own', async () => {
    const service = { kind: 'visit', minutes: 30, place: 'home', at: new Date(Date.now() - 3_600_000).toISOString() };
    const child = await t.ask('POST', '/api/v1/children', { as: WORKER, body: { name: '在册儿童' } });
    const childIds = [String(child.body['id'])];
    const entered = await t.ask('POST', '/api/v1/services', {
      as: WORKER,
      body: { ...service, headCount: 0, childIds },
    });
    const to = `services/${String(entered.body['id'])}`;
    const { status, body } = await t.send(await picture('webp'), '签到.webp', { to });
    expect([status, body['ownerKind']]).toEqual([201, 'service']);
    const { db } = t.api.deps;
    const row = await db.attachment.findUniqueOrThrow({ where: { id: String(body['id']) } });
    const { subjectId } = await db.registeredChild.findUniqueOrThrow({ where: { id: childIds[0] } });
    expect(row.subjectId).toBe(subjectId);
    expect((await t.get(`/${to}/attachments`)).body['items']).toEqual([body]);
    expect((await t.get(`/${to}/attachments`, 'donghu_worker1')).status).toBe(404);
    expect((await t.bytes(row.id, '', 'donghu_supervisor')).status).toBe(404);
    expect((await t.bytes(row.id, '', 'duty1')).status).toBe(403);
    expect((await t.bytes(row.id)).status).toBe(200);
  });

  test('what a crash left is swept a day later, and not before', async () => {
    const { db, blobs } = t.api.deps;
    const key = randomUUID();
    async function* some(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('noise');
    }
    await db.attachmentStage.create({ data: { blobKey: key } });
    await blobs.put(key, some());
    expect(await sweepAttachments({ db, blobs }, Date.now())).toEqual({ lost: 0, erased: 0 });
    expect(await sweepAttachments({ db, blobs }, Date.now() + 25 * 3_600_000)).toEqual({ lost: 1, erased: 0 });
    expect(t.onDisk()).not.toContain(key);
  });
});
