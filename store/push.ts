/** Devices that want to be told too (推送), and taking what is to be pushed to them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PushDevice } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import type { KeyRing } from './keys';
import { VaultKeyUnknown } from './vault';
import { decrypt, encrypt } from './vault-cipher';

const pushAddress = z.object({
  endpoint: z.string(),
  keys: z.object({ p256dh: z.string(), auth: z.string() }),
});
/** Where a device is reached, and what its messages are encrypted with: both are secrets of the device. */
export type PushAddress = z.infer<typeof pushAddress>;

export interface PushSeal {
  seal(
    device: { id: string; staffId: string },
    address: PushAddress,
  ): { sealed: Uint8Array<ArrayBuffer>; kekId: string };
  /** @throws VaultKeyUnknown, VaultSealBroken */
  open(row: PushDevice): PushAddress;
}

const context = ({ id, staffId }: { id: string; staffId: string }): string[] => ['push', id, staffId];

export const createPushSeal = (keys: KeyRing): PushSeal => {
  const keyOf = (id: string): Buffer => {
    const key = keys.byId.get(id);
    if (!key) throw new VaultKeyUnknown(id);
    return key;
  };
  return {
    seal: (device, address) => ({
      sealed: encrypt(keyOf(keys.current), Buffer.from(JSON.stringify(address)), context(device)),
      kekId: keys.current,
    }),
    open: (row) =>
      pushAddress.parse(JSON.parse(decrypt(keyOf(row.kekId), row.sealed, context(row), row.id).toString('utf8'))),
  };
};

const hashOf = (endpoint: string): string => createHash('sha256').update(endpoint).digest('hex');

export const listDevices = (tx: Tx, staffId: string): Promise<PushDevice[]> =>
  tx.pushDevice.findMany({ where: { staffId, removedAt: null }, orderBy: { createdAt: 'asc' } });

/** A device belongs to whoever has signed in on it last: others are not told on it any more. */
export async function addDevice(
  db: Db,
  seal: PushSeal,
  device: { id: string; staffId: string; label: string; address: PushAddress },
): Promise<PushDevice> {
  const { id, staffId, label, address } = device;
  const endpointHash = hashOf(address.endpoint);
  const row = { id, staffId, label, endpointHash, ...seal.seal(device, address) };
  return db.$transaction(async (tx) => {
    await tx.pushDevice.updateMany({
      where: { endpointHash, removedAt: null, NOT: { id } },
      data: { removedAt: new Date() },
    });
    return tx.pushDevice.upsert({ where: { id }, create: row, update: {} });
  });
}

/** @returns false where the person has no such device */
export async function removeDevice(db: Db, id: string, staffId?: string): Promise<boolean> {
  const { count } = await db.pushDevice.updateMany({
    where: { id, removedAt: null, ...(staffId !== undefined && { staffId }) },
    data: { removedAt: new Date(), sealed: new Uint8Array(), kekId: '' },
  });
  return count > 0;
}

export interface TakenPush {
  deviceId: string;
  tell: string;
  caseId: string;
  stepId: string;
  number: string;
  step: string;
  late: string | null;
  left: string | null;
  drill: boolean;
}

/** After this a text and a mail have said it all; seconds. */
const FRESH_SECONDS = 600;

/**
 * Takes what is to be pushed now: one for each device and telling of somebody who is still active
 * and may still hear of the case. What is taken is taken
 * for good; a crash in between loses a push, and the text and the mail stand.
 */
export async function takePushes(db: Db): Promise<TakenPush[]> {
  return db.$queryRaw<TakenPush[]>`
    WITH due AS (
      SELECT DISTINCT ON (v.id, d.case_id, d.step_id, d.kind, d.at) v.id AS device_id, d.key, d.vars, d.case_id, d.step_id,
        concat_ws('/', d.case_id, d.step_id, d.kind, extract(epoch FROM d.at)) AS tell
      FROM push_devices v
        JOIN staff p ON p.id = v.staff_id AND p.active
        JOIN deliveries d ON d.person_id = v.staff_id AND d.person_kind = 'staff'
      WHERE v.removed_at IS NULL AND d.created_at >= greatest(v.created_at, now() - make_interval(secs => ${FRESH_SECONDS}))
        AND d.case_id IS NOT NULL AND d.step_id IS NOT NULL
        AND d.vars ? 'number' AND d.vars ? 'step' AND (d.vars ? 'late' OR d.vars ? 'left')
        AND NOT EXISTS (SELECT 1 FROM case_conflicts o WHERE o.case_id = d.case_id AND o.staff_id = p.id)
        AND (p.role = 'duty_officer' OR NOT EXISTS (SELECT 1 FROM cases r WHERE r.id = d.case_id AND r.restricted)
          OR EXISTS (SELECT 1 FROM case_named n WHERE n.case_id = d.case_id AND n.staff_id = p.id))
        AND NOT EXISTS (SELECT 1 FROM pushes x WHERE x.device_id = v.id AND x.delivery_key = d.key)
      ORDER BY v.id, d.case_id, d.step_id, d.kind, d.at, d.key),
    taken AS (
      INSERT INTO pushes (device_id, tell, delivery_key) SELECT device_id, tell, key FROM due
      ON CONFLICT DO NOTHING RETURNING device_id, tell)
    SELECT t.device_id AS "deviceId", t.tell, u.case_id AS "caseId", u.step_id AS "stepId", u.vars->>'number' AS number,
      u.vars->>'step' AS step, u.vars->>'late' AS late, u.vars->>'left' AS "left", c.drill
    FROM taken t JOIN due u ON u.device_id = t.device_id AND u.tell = t.tell JOIN cases c ON c.id = u.case_id`;
}

/** @param code why it was not taken; undefined: it was */
export async function endPush(db: Db, { deviceId, tell }: TakenPush, code?: string): Promise<void> {
  const state = code === undefined ? 'sent' : 'failed';
  await db.push.updateMany({ where: { deviceId, tell }, data: { state, code: code ?? null } });
  if (code === undefined) await db.pushDevice.updateMany({ where: { id: deviceId }, data: { sentAt: new Date() } });
}

/** What was pushed more than a day ago is of no use to anybody. */
export async function forgetPushes(db: Db): Promise<void> {
  await db.push.deleteMany({ where: { at: { lt: new Date(Date.now() - 86_400_000) } } });
}
