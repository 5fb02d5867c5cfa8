/** The records behind an indicator (佐证), a page at a time: numbers and ids, never a name or a word from the vault. */
import { Prisma } from '../../prisma/generated/client';
import type { Contract, CountRule, Indicator } from '../../domain/services/contract';
import type { Tx } from '../db';
import { notHidden, shieldedCases } from '../sight';
import { proofsOf } from './proofs';
import { LEAST_SHOWN } from '../../domain/services/survey';
import {
  countedAnswers,
  countedCases,
  countedRecords,
  employed,
  PEOPLE,
  verdicts,
  type Window,
  windowOf,
} from './counted';

/** One record that counts. What a source does not have is null. */
export interface Evidence {
  source: 'service' | 'case' | 'staff' | 'survey';
  id: string;
  /** When it was given, or the case received; of staff null. */
  at: Date | null;
  /** Kind of service, type of case, role of staff. */
  kind: string;
  /** The case's or the child's number, the member of staff's name. */
  label: string | null;
  title: string | null;
  place: string | null;
  minutes: number | null;
  people: number | null;
  groupId: string | null;
  /** Numbers of the registered children (C0001). */
  children: string[];
  staffIds: string[];
  answers: number | null;
  satisfied: number | null;
  /** in_time, late or pending, where answering in time is counted. */
  verdict: string | null;
  /** How many pictures of it are fit for the evaluator. */
  proofs: number;
}

/** Where a page ends: newest first. */
export interface EvidencePlace {
  /** Milliseconds since the epoch; of staff null. */
  at: number | null;
  id: string;
}
interface Page {
  after?: EvidencePlace;
  take: number;
  /** Cases that the reader must not know of: they count, and are not listed. */
  hidden?: readonly string[];
}

const NO_SERVICE = Prisma.sql`NULL AS title, NULL AS place, NULL::int AS minutes, NULL::int AS people,
  NULL AS "groupId", ARRAY[]::text[] AS "childIds", ARRAY[]::text[] AS "staffIds", NULL::int AS answers,
  NULL::int AS satisfied`;

/** The rest of a list in which the newest comes first. */
const beyond = (at: Prisma.Sql, id: Prisma.Sql, { after }: Page): Prisma.Sql => {
  if (!after || after.at === null) return Prisma.empty;
  const moment = new Date(after.at);
  return Prisma.sql`AND ${at} <= ${moment} AND (${at} < ${moment} OR ${id} > ${after.id})`;
};

const services = (window: Window, kinds: readonly string[], page: Page): Prisma.Sql => Prisma.sql`
  SELECT 'service' AS source, s.id, s.at, s.kind, NULL AS label, s.title, s.place, s.minutes, ${PEOPLE} AS people,
    s.group_id AS "groupId", s.child_ids AS "childIds", s.staff_ids AS "staffIds", s.answers, s.satisfied,
    NULL AS verdict
  FROM services s WHERE ${countedRecords(window, kinds)} ${beyond(Prisma.sql`s.at`, Prisma.sql`s.id`, page)}
    ${notHidden(Prisma.sql`s.case_id`, page.hidden ?? [])}
  ORDER BY s.at DESC, s.id LIMIT ${page.take}`;

const cases = (window: Window, rule: NonNullable<Extract<CountRule, { from: 'records' }>['cases']>, page: Page) =>
  Prisma.sql`
  SELECT 'case' AS source, c.id, c.received_at AS at, c.type AS kind, c.number AS label, ${NO_SERVICE}, NULL AS verdict
  FROM cases c WHERE ${countedCases(window, rule)} ${beyond(Prisma.sql`c.received_at`, Prisma.sql`c.id`, page)}
    ${notHidden(Prisma.sql`c.id`, page.hidden ?? [])}
  ORDER BY c.received_at DESC, c.id LIMIT ${page.take}`;

const intake = (window: Window, rule: Extract<CountRule, { from: 'intake' }>, at: number, page: Page) => Prisma.sql`
  SELECT 'case' AS source, j.id, j.at, j.type AS kind, j.number AS label, ${NO_SERVICE}, j.verdict
  FROM (${verdicts(window, rule, at)}) AS j WHERE true ${beyond(Prisma.sql`j.at`, Prisma.sql`j.id`, page)}
    ${notHidden(Prisma.sql`j.id`, page.hidden ?? [])}
  ORDER BY j.at DESC, j.id LIMIT ${page.take}`;

/** One row a survey; of few answers it stays open how many were satisfied, and no child stands beside them. */
const surveys = (window: Window, page: Page) => Prisma.sql`
  SELECT 'survey' AS source, v.id, v.made_at AS at, s.kind, NULL AS label, s.title, s.place, NULL::int AS minutes,
    NULL::int AS people, s.group_id AS "groupId", ARRAY[]::text[] AS "childIds", s.staff_ids AS "staffIds",
    j.answers, CASE WHEN j.answers >= ${LEAST_SHOWN} THEN j.satisfied END AS satisfied, NULL AS verdict
  FROM (SELECT a.survey_id, count(*)::int AS answers, (count(*) FILTER (WHERE a.satisfied))::int AS satisfied
    FROM survey_answers a WHERE ${countedAnswers(window)} GROUP BY a.survey_id) AS j
  JOIN surveys v ON v.id = j.survey_id JOIN services s ON s.id = v.service_id
  WHERE true ${beyond(Prisma.sql`v.made_at`, Prisma.sql`v.id`, page)}
    ${notHidden(Prisma.sql`s.case_id`, page.hidden ?? [])}
  ORDER BY v.made_at DESC, v.id LIMIT ${page.take}`;

const staff = (window: Window, rule: Extract<CountRule, { from: 'staff' }>, { after, take }: Page) => Prisma.sql`
  SELECT 'staff' AS source, f.id, NULL::timestamptz AS at, f.role AS kind, f.name AS label, ${NO_SERVICE}, NULL AS verdict
  FROM staff f WHERE ${employed(window, rule)}
  ${after ? Prisma.sql`AND f.id > ${after.id}` : Prisma.empty} ORDER BY f.id LIMIT ${take}`;

function queryOf(contract: Contract, rule: CountRule, at: number, page: Page): Prisma.Sql {
  const window = windowOf(contract, at);
  switch (rule.from) {
    case 'staff':
      return staff(window, rule, page);
    case 'intake':
      return intake(window, rule, at, page);
    case 'satisfaction':
      return Prisma.sql`(${services(window, ['satisfaction'], page)}) UNION ALL (${surveys(window, page)})
        ORDER BY at DESC, id LIMIT ${page.take}`;
    default: {
      const given = services(window, rule.kinds, page);
      if (!rule.cases) return given;
      return Prisma.sql`(${given}) UNION ALL (${cases(window, rule.cases, page)})
        ORDER BY at DESC, id LIMIT ${page.take}`;
    }
  }
}

type Row = Omit<Evidence, 'children' | 'proofs'> & { childIds: string[] };

/** One page of what an indicator counts up to a moment, newest first. */
export async function evidenceOf(
  tx: Tx,
  contract: Contract,
  { count }: Indicator,
  at: number,
  page: Page,
): Promise<Evidence[]> {
  const query = queryOf(contract, count, at, page);
  const rows = await tx.$queryRaw<Row[]>(query);
  const [children, groups, proofs] = await Promise.all([
    tx.registeredChild.findMany({
      where: { id: { in: rows.flatMap((row) => row.childIds) } },
      select: { id: true, number: true },
    }),
    tx.serviceGroup.findMany({
      where: { id: { in: rows.flatMap((row) => row.groupId ?? []) } },
      select: { id: true, title: true },
    }),
    proofsOf(
      tx,
      rows.flatMap((row) => (row.source === 'service' ? [row.id] : [])),
    ),
  ]);
  const numbers = new Map(children.map(({ id, number }) => [id, number]));
  const titles = new Map(groups.map(({ id, title }) => [id, title]));
  return rows.map(({ childIds, ...row }) => ({
    ...row,
    title: row.title ?? (row.groupId === null ? null : (titles.get(row.groupId) ?? null)),
    children: childIds.flatMap((id) => numbers.get(id) ?? []).sort(),
    proofs: proofs.filter(({ serviceId }) => serviceId === row.id).length,
  }));
}

/**
 * Everything that an indicator counts up to a moment, newest first, in pages. Shielded cases (限定知悉、回避) count, and are left
 * out: samples and packs are the same for everybody who reads them.
 */
export async function* allEvidence(
  tx: Tx,
  contract: Contract,
  indicator: Indicator,
  at: number,
  take = 500,
): AsyncGenerator<Evidence[]> {
  const hidden = await shieldedCases(tx);
  for (let after: EvidencePlace | undefined; ;) {
    const page = await evidenceOf(tx, contract, indicator, at, { after, take, hidden });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < take || !last) return;
    after = { at: last.at && last.at.getTime(), id: last.id };
  }
}
