/**
 * Set-up links (设置链接): by one of them somebody sets their password, once, and nobody else ever knows it. The token stands
 * behind the # of the address, which browsers send to no server; of it only a hash is kept.
 */
import { randomBytes } from 'node:crypto';
import type { Tx } from './db';
import { sha256 } from './sha256';

const SETUP_LINK_MS = 3 * 24 * 3_600_000;

/** The address to hand over. */
export const setupUrl = (publicUrl: string, token: string): string => `${publicUrl}/set-up#${token}`;

/** Makes a new link; earlier ones of this person open nothing any more. */
export async function makeSetupLink(
  tx: Tx,
  { staffId, madeBy }: { staffId: string; madeBy: string },
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + SETUP_LINK_MS);
  await endSetupLinks(tx, staffId);
  await tx.setupLink.create({ data: { tokenHash: sha256(token), staffId, madeBy, expiresAt } });
  return { token, expiresAt };
}

/** Whatever link this person has opens nothing any more. */
export async function endSetupLinks(tx: Tx, staffId: string): Promise<void> {
  await tx.setupLink.updateMany({ where: { staffId, endedAt: null }, data: { endedAt: new Date() } });
}

/** Whose link it is; undefined: there is no such one, or it was used, replaced, or is over. */
export async function findSetupLink(tx: Tx, token: string): Promise<string | undefined> {
  const row = await tx.setupLink.findUnique({ where: { tokenHash: sha256(token) } });
  return row && row.endedAt === null && row.expiresAt.getTime() > Date.now() ? row.staffId : undefined;
}

/** Uses it up; of two at the same moment one alone. @returns whose it is */
export async function useSetupLink(tx: Tx, token: string): Promise<string | undefined> {
  const now = new Date();
  const tokenHash = sha256(token);
  const { count } = await tx.setupLink.updateMany({
    where: { tokenHash, endedAt: null, expiresAt: { gt: now } },
    data: { endedAt: now },
  });
  if (count === 0) return undefined;
  return (await tx.setupLink.findUnique({ where: { tokenHash } }))?.staffId;
}
