/** Taking a report (接报): everything that it makes is written in one transaction, or none of it. */
import { newCase } from '../domain/case';
import { CASE_LETTERS } from '../domain/ids';
import type { CaseInput } from '../domain/messages';
import type { Ladder } from '../domain/alert';
import type { Actor, CaseFacts, CaseState, PlannedStep, Risk } from '../domain/model';
import { project } from '../domain/project';
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';
import { nextEntries } from './journal';
import { newSteps } from './projection';
import { type Fields, insert, type Insert, isFilled } from './rows';
import type { Vault } from './vault';

export interface Intake {
  caseId: string;
  stationId: string;
  policyVersion: string;
  /** The published policies that were known as it was planned (`Policies.known`); absent: it depends on none. */
  knownPolicies?: readonly string[];
  facts: CaseFacts;
  riskRaisedFrom?: Risk;
  drill: boolean;
  ladder: Ladder;
  planned: PlannedStep[];
  actor: Actor;
  /** When it was reported, in milliseconds since the epoch. */
  at: number;
  /** What tells this child from others, as keyed hashes (`ChildIndex.rowsOf`); absent: the case gets none, as a drill does. */
  clues?: Fields[];
  /** The report of the queue (接报队列) that became this case. */
  report?: { id: string; number: string };
  /** For the vault alone. */
  child: object;
  reporter?: object;
  narrative: string;
}

/**
 * {@link caseNumber} in SQL. The count's row stays locked from its change to the commit, so that numbers have no gaps; with
 * the number made in the same statement, that is as long as the disk takes and not several ways to the database and back.
 */
const NUMBER = Prisma.sql`substr(${CASE_LETTERS}, n.value / 10000 + 1, 1) || lpad((n.value % 10000)::text, 4, '0')`;

/** Until the database has said which number the case has. */
const NO_NUMBER = '';

interface Prepared {
  state: CaseState;
  statement: Prisma.Sql;
}

async function prepare(vault: Vault, intake: Intake): Promise<Prepared> {
  const { caseId, stationId, policyVersion, facts, ladder, planned, actor, at } = intake;
  const sealed = await vault.sealNew(caseId, [
    { kind: 'child', value: intake.child },
    ...(intake.reporter ? [{ kind: 'reporter' as const, value: intake.reporter }] : []),
    { kind: 'narrative', value: intake.narrative },
  ]);
  const { state, events, touched } = newCase(
    { caseId, number: NO_NUMBER, stationId, policyVersion, facts, ladder, planned, report: intake.report },
    at,
    actor,
  );
  const { rev, status, risk, triggers, nextDueAt, overdue } = project(state, touched);
  const row = {
    ...{ id: caseId, stationId, policyVersion, rev, status, risk, triggers, overdue },
    subjectId: sealed.key.subjectId,
    type: facts.type,
    riskRaisedFrom: intake.riskRaisedFrom,
    drill: intake.drill,
    clued: intake.clues !== undefined,
    reportedBy: actor.id,
    receivedAt: new Date(facts.receivedAt),
    reportedAt: new Date(at),
    nextDueAt: nextDueAt === undefined ? null : new Date(nextDueAt),
  };
  const where = Prisma.sql`SELECT 1 FROM n`;
  const parts: Insert[] = [
    { table: 'vault_keys', rows: [{ ...sealed.key }], where },
    ...many('vault_items', sealed.items, where),
    ...many('steps', newSteps(caseId, state.steps), where),
    ...many('events', nextEntries(undefined, caseId, events), where),
    ...many('child_clues', intake.clues ?? [], where),
  ];
  const more = parts.map((part) => Prisma.sql`, ${Prisma.raw(part.table)}_part AS (${insert(part)})`);
  const input: CaseInput = { state };
  const statement = Prisma.sql`
    WITH n AS (
      INSERT INTO counters AS c (name, value)
      SELECT 'case', 1 WHERE NOT EXISTS (SELECT 1 FROM cases WHERE id = ${caseId})${unlessPublished(intake)}
      ON CONFLICT (name) DO UPDATE SET value = c.value + 1
      RETURNING value
    ), numbered AS (
      ${insert({ table: 'cases', rows: [row], from: Prisma.sql`n`, computed: { number: NUMBER, input: inputWith(input) } })}
      RETURNING number
    )${Prisma.join(more, '')}
    SELECT number FROM numbered`;
  return { state, statement };
}

const unlessPublished = ({ knownPolicies }: Intake): Prisma.Sql =>
  knownPolicies
    ? Prisma.sql`
        AND NOT EXISTS (SELECT 1 FROM policy_versions WHERE state = 'published' AND NOT id = ANY(${[...knownPolicies]}::text[]))`
    : Prisma.empty;

/** What the workflow is started with, holding the number. */
const inputWith = (input: CaseInput): Prisma.Sql =>
  Prisma.sql`jsonb_set(${JSON.stringify(input)}::jsonb, '{state,number}', to_jsonb(${NUMBER}))`;

const many = (table: string, rows: readonly object[], where: Prisma.Sql): Insert[] => {
  const all = rows.map((row): Fields => ({ ...row }));
  return isFilled(all) ? [{ table, rows: all, where }] : [];
};

/**
 * Writes a report to disk: child, reporter and narrative to the vault, the case with its steps and first journal
 * entries beside it, in one statement. A case that is there already, taken by an earlier try of the same request, is left
 * as it is.
 * @returns what its workflow is started with; undefined when the case was there already, or a policy has been published that it was not
 * planned with
 */
export async function takeReport(db: Tx, vault: Vault, intake: Intake): Promise<CaseInput | undefined> {
  const { state, statement } = await prepare(vault, intake);
  const [taken] = await db.$queryRaw<{ number: string }[]>(statement);
  return taken && { state: { ...state, number: taken.number } };
}
