/** Versions of the policy (时限规则) that two people published: proposed by one, approved by another, in force from then on. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Policy } from '../domain/policy';
import type { PolicyVersion, Prisma } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { canonical } from './journal';
import { type Policies, type PolicyFiles, policyOf, PolicyUnknown } from './policies';
import { isTaken } from './rows';

const Files = z.strictObject({ base: z.string(), types: z.record(z.string(), z.string()) });

export const filesOfRow = ({ files }: Pick<PolicyVersion, 'files'>): PolicyFiles => Files.parse(files);

/** SHA-256 of the texts, whatever the order in which the database keeps them. */
export const hashOf = (files: PolicyFiles): Buffer =>
  createHash('sha256')
    .update(canonical({ base: files.base, types: files.types }))
    .digest();

/** A published row's texts are not those that were approved. */
class PolicyChanged extends Error {
  override readonly name = 'PolicyChanged';
}

interface Published {
  policy: Policy;
  files: PolicyFiles;
  replaces: string;
}

function load(row: PolicyVersion): Published {
  const files = filesOfRow(row);
  if (!hashOf(files).equals(Buffer.from(row.hash))) throw new PolicyChanged('the texts do not match their hash');
  return { policy: policyOf(files), files, replaces: row.replaces };
}

/**
 * The policies on disk and those that were published since. One is in force after another from the current one on disk on:
 * each took the place of the one before. Who brings a newer one onto the disk begins again from that.
 * @param failed hears of a published version that does not load; the one before it stays in force
 */
export function livePolicies(db: Db, disk: Policies, failed: (version: string, error: unknown) => void): Policies {
  const published = new Map<string, Published>();
  const seen = new Set<string>();
  let current = disk.current;

  const byVersion = (version: string): Policy => published.get(version)?.policy ?? disk.byVersion(version);
  const after = (version: string): Published | undefined =>
    [...published.values()].find(({ replaces }) => replaces === version);

  function inForce(): Policy {
    const passed = new Set<string>();
    let policy = byVersion(disk.current.version);
    for (let next = after(policy.version); next && !passed.has(policy.version); next = after(policy.version)) {
      passed.add(policy.version);
      policy = next.policy;
    }
    return policy;
  }

  async function refresh(): Promise<boolean> {
    // Asked often: what nearly always comes to nothing goes the short way.
    const fresh = await db.$queryRaw<{ id: string }[]>`
      SELECT id FROM policy_versions WHERE state = 'published' AND NOT id = ANY(${[...seen]}::text[])`;
    if (fresh.length === 0) return false;
    const rows = await db.policyVersion.findMany({
      where: { id: { in: fresh.map(({ id }) => id) } },
      orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }],
    });
    for (const row of rows) {
      seen.add(row.id);
      try {
        published.set(row.version, load(row));
      } catch (error) {
        failed(row.version, error);
      }
    }
    current = inForce();
    return true;
  }

  return {
    get current() {
      return current;
    },
    get all() {
      const others = [...disk.all, ...[...published.values()].map(({ policy }) => policy)];
      const versions = new Set([current.version, ...others.map(({ version }) => version)]);
      return [...versions].map(byVersion);
    },
    byVersion,
    filesOf: (version) => published.get(version)?.files ?? disk.filesOf(version),
    async find(version) {
      try {
        return byVersion(version);
      } catch (error) {
        if (!(error instanceof PolicyUnknown)) throw error;
        await refresh();
        return byVersion(version);
      }
    },
    get known() {
      return [...seen];
    },
    refresh,
  };
}

export interface Proposal {
  id: string;
  policy: Policy;
  files: PolicyFiles;
  /** The version in force now. */
  replaces: string;
  staffId: string;
}

async function journal(tx: Tx, row: PolicyVersion, action: string, staffId: string): Promise<void> {
  const { id, version, hash } = row;
  await tx.policyEvent.create({ data: { staffId, action, draftId: id, version, hash } });
}

/** The same id again changes nothing. */
export async function propose(db: Db, { id, policy, files, replaces, staffId }: Proposal): Promise<PolicyVersion> {
  const { version, name } = policy;
  const texts: Prisma.InputJsonObject = { base: files.base, types: { ...files.types } };
  const row = { id, version, name, files: texts, hash: new Uint8Array(hashOf(files)), replaces };
  return db.$transaction(async (tx) => {
    const data = { ...row, state: 'proposed', proposedBy: staffId };
    const { count } = await tx.policyVersion.createMany({ data: [data], skipDuplicates: true });
    const made = await tx.policyVersion.findUniqueOrThrow({ where: { id } });
    if (count > 0) await journal(tx, made, 'proposed', staffId);
    return made;
  });
}

export const readDraft = (tx: Tx, id: string): Promise<PolicyVersion | null> =>
  tx.policyVersion.findUnique({ where: { id } });

const SHOWN = 100;

/** Every version that was ever proposed, newest first. */
export const listDrafts = (tx: Tx) =>
  tx.policyVersion.findMany({ omit: { files: true }, orderBy: [{ proposedAt: 'desc' }, { id: 'asc' }], take: SHOWN });

/**
 * Decides on a proposal, once. @returns undefined: it was decided before; 'outdated': another version took the place meanwhile
 */
export async function decideDraft(
  db: Db,
  id: string,
  { state, staffId }: { state: 'published' | 'refused' | 'withdrawn'; staffId: string },
): Promise<PolicyVersion | 'outdated' | undefined> {
  try {
    return await db.$transaction(async (tx) => {
      const { count } = await tx.policyVersion.updateMany({
        where: { id, state: 'proposed' },
        data: { state, decidedBy: staffId, decidedAt: new Date() },
      });
      if (count === 0) return undefined;
      const row = await tx.policyVersion.findUniqueOrThrow({ where: { id } });
      await journal(tx, row, state, staffId);
      return row;
    });
  } catch (error) {
    if (isTaken(error)) return 'outdated';
    throw error;
  }
}
