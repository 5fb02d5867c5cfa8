/** What a station did in a contract's term (服务开展情况): sums by kind, and lists of what has a public name. */
import type { Contract } from '../../domain/services/contract';
import { KIND_RULES, SERVICE_KINDS, type ServiceKind } from '../../domain/services/kinds';
import type { Tx } from '../db';
import { countedRecords, PEOPLE, windowOf } from './counted';
import { type KindSum, sumsByKind } from './sums';

/** Sums by kind, in the order of the kinds. */
export async function kindSums(tx: Tx, contract: Contract, at: number): Promise<KindSum[]> {
  const found = await sumsByKind(tx, windowOf(contract, at), SERVICE_KINDS, { minutes: true });
  return found.sort((a, b) => SERVICE_KINDS.indexOf(a.kind) - SERVICE_KINDS.indexOf(b.kind));
}

export interface NamedActivity {
  id: string;
  at: Date;
  title: string;
  place: string;
  minutes: number;
  people: number;
}

const TITLED = SERVICE_KINDS.filter((kind) => KIND_RULES[kind].titled);

/** Events with a public name, oldest first. */
export async function namedActivities(
  tx: Tx,
  contract: Contract,
  at: number,
): Promise<(NamedActivity & { kind: ServiceKind })[]> {
  const counted = countedRecords(windowOf(contract, at), TITLED);
  return tx.$queryRaw`
    SELECT s.id, s.kind, s.at, coalesce(s.title, '') AS title, s.place, s.minutes, ${PEOPLE} AS people
    FROM services s WHERE ${counted} ORDER BY s.at, s.id`;
}

export interface GroupSum {
  title: string;
  theme: string;
  sessions: number;
  people: number;
  first: Date;
  last: Date;
}

/** Series that have met, oldest first. */
export async function groupSums(tx: Tx, contract: Contract, at: number): Promise<GroupSum[]> {
  const counted = countedRecords(windowOf(contract, at), ['group_session']);
  return tx.$queryRaw`
    SELECT g.title, g.theme, count(*)::int AS sessions, sum(${PEOPLE})::int AS people, min(s.at) AS first, max(s.at) AS last
    FROM services s JOIN service_groups g ON g.id = s.group_id WHERE ${counted}
    GROUP BY g.id, g.title, g.theme ORDER BY min(s.at), g.id`;
}
