/** What was done to accounts (账号记录), and by whom. The database refuses to change or remove an entry. */
import type { AccountEvent } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Tx } from './db';

export type AccountAction =
  | 'account.create'
  | 'account.change'
  | 'account.disable'
  | 'account.enable'
  | 'account.unlock'
  | 'setup-link.make'
  | 'setup-link.use'
  | 'password.change'
  | 'factor.enable'
  | 'factor.disable'
  | 'factor.reset'
  | 'backup-codes.make'
  | 'sessions.end'
  | 'key.make'
  | 'key.delete';

export interface AccountChange {
  /** Who did it. */
  staffId: string;
  /** Whose account. */
  subjectId: string;
  /** The subject's station. */
  stationId: string;
  action: AccountAction;
  /** Roles, stations and codes; never a name, a number or a secret. */
  data?: Record<string, string | number | boolean | null>;
}

/** Stands for the installation's own command (`npm run setup-link`, deploy/people.mjs); no id of staff has a slash. */
export const BY_COMMAND = 'deploy/command';

/** Writes a change down, in the transaction that makes it where there is one. */
export async function noteAccount(tx: Tx, { data = {}, ...change }: AccountChange): Promise<void> {
  await tx.accountEvent.create({ data: { ...change, data } });
}

/** The latest entries within the scope, newest first. */
export const listAccountEvents = (tx: Tx, scope: Scope, limit: number, before?: bigint): Promise<AccountEvent[]> =>
  tx.accountEvent.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      ...(before !== undefined && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
