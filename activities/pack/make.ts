/** Makes an evaluation pack (评估资料包): long work that shows how far it is, can be stopped, and can be begun again. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { evaluationOf, type PackInput, packMoment, type PackStep } from '../../domain/services/pack';
import type { Contracts } from '../../store/contracts';
import type { Blobs } from '../../store/blobs/blob';
import type { Db } from '../../store/db';
import type { KeyRing } from '../../store/keys';
import { endPack, keepPack, markPack, readPack } from '../../store/packs';
import type { Vault } from '../../store/vault';
import { gather, type Wanted } from './gather';
import { collectProofs } from './proofs';
import { written } from './writing';

export interface PackDeps {
  db: Db;
  keys: KeyRing;
  vault: Vault;
  blobs: Blobs;
  contracts: Contracts;
  log: Logger;
}

const unknown = (what: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(`${what} is not there`, 'PackUnknown');

async function wantedOf({ db, contracts }: PackDeps, packId: string): Promise<Wanted> {
  const pack = await readPack(db, packId);
  if (!pack) throw unknown('the pack');
  const contract = contracts.byId(pack.contractId);
  const evaluation = contract && evaluationOf(contract, pack.stage);
  if (!contract || !evaluation) throw unknown('its contract');
  const sampling = { seed: pack.seed, size: pack.sample };
  return { contract, evaluation, ...packMoment(evaluation, pack.askedAt.getTime()), sampling };
}

export const createPack = (deps: PackDeps) => ({
  /** The same pack again after a crash: the figures stand as at the moment of asking. */
  async makePack({ packId }: PackInput): Promise<void> {
    const { db, keys, log } = deps;
    /**
     * Beats, lets others have their turn, and ends here where the pack was cancelled: the row says so at once, Temporal with the
     * answer to one of the next beats.
     */
    const tick = async (): Promise<void> => {
      Context.current().heartbeat();
      await Context.current().sleep(1);
      if ((await readPack(db, packId))?.state === 'cancelling')
        throw ApplicationFailure.nonRetryable('somebody cancelled it', 'PackCancelled');
    };
    const step = async (doing: PackStep, done: number, total: number): Promise<void> => {
      await markPack(db, packId, { doing, done, total });
      await tick();
    };
    const wanted = await wantedOf(deps, packId);
    await step('counting', 0, 1);
    const gathered = await gather(db, wanted, tick, (done, total) => step('collecting', done, total));
    await step('drawing', 0, 1);
    const proofs = await collectProofs(deps, gathered, tick);
    await step('writing', 0, 1);
    const zip = await written({ gathered, proofs, madeAt: Date.now() }, tick);
    await step('sealing', 0, 1);
    await keepPack({ db, keys }, packId, zip, Date.now());
    log.info({ packId, bytes: zip.length }, 'pack made');
  },

  /** Its file is gone for good. */
  async endPack(end: { packId: string; state: 'cancelled' | 'failed' | 'removed'; failure?: string }): Promise<void> {
    const { packId, ...rest } = end;
    await endPack(deps.db, packId, rest);
  },
});

export type PackActivities = ReturnType<typeof createPack>;
