/** Where somebody has signed in whole before (常用设备和地址): there a stranger's wrong tries do not hold them up. */

import type { Tx } from './db';
import { sha256 } from './sha256';

/** A place that was not used for so long is a stranger's again. */
const KNOWN_MS = 180 * 24 * 3_600_000;

/** Has this person signed in from there before? */
export async function isKnownPlace(tx: Tx, userId: string, place: string): Promise<boolean> {
  const row = await tx.knownPlace.findUnique({ where: { userId_placeHash: { userId, placeHash: sha256(place) } } });
  return row !== null && row.lastAt.getTime() > Date.now() - KNOWN_MS;
}

/** Whoever signed in there is known there from now on. */
export async function rememberPlaces(tx: Tx, userId: string, places: string[]): Promise<void> {
  const lastAt = new Date();
  for (const place of places) {
    const placeHash = sha256(place);
    await tx.knownPlace.upsert({
      where: { userId_placeHash: { userId, placeHash } },
      create: { userId, placeHash, lastAt },
      update: { lastAt },
    });
  }
}

/** After a reset nothing is known any more. */
export async function forgetPlaces(tx: Tx, userId: string): Promise<void> {
  await tx.knownPlace.deleteMany({ where: { userId } });
}
