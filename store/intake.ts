/** Taking a report (接报): everything that it makes is written in one transaction, or none of it. */
import { newCase } from '../domain/case';
import { caseNumber } from '../domain/ids';
import type { CaseInput } from '../domain/messages';
import type { Actor, CaseFacts, Ladder, PlannedStep, Risk } from '../domain/model';
import { project } from '../domain/project';
import type { Prisma } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { appendEvents } from './journal';
import { insertSteps } from './projection';
import type { Vault, VaultKind } from './vault';

export interface Intake {
  caseId: string;
  stationId: string;
  policyVersion: string;
  facts: CaseFacts;
  riskRaisedFrom?: Risk;
  drill: boolean;
  ladder: Ladder;
  planned: PlannedStep[];
  actor: Actor;
  /** When it was reported, in milliseconds since the epoch. */
  at: number;
  /** For the vault alone. */
  child: object;
  reporter?: object;
  narrative: string;
}

/** The next running number. Its row stays locked until the transaction ends, so that numbers have no gaps. */
async function nextNumber(tx: Tx): Promise<string> {
  const { value } = await tx.counter.upsert({
    where: { name: 'case' },
    create: { name: 'case', value: 1 },
    update: { value: { increment: 1 } },
  });
  return caseNumber(value);
}

// What the workflow is started with is plain JSON by design, which the compiler cannot see from its interfaces.
const asJson = (input: CaseInput): Prisma.InputJsonValue => input as unknown as Prisma.InputJsonValue;

async function write(tx: Tx, vault: Vault, intake: Intake): Promise<void> {
  const { caseId, stationId, policyVersion, facts, ladder, planned, actor, at } = intake;
  const subjectId = await vault.newSubject(tx);
  const seal = (kind: VaultKind, value: unknown) => vault.seal(tx, { subjectId, caseId, kind, value });
  await seal('child', intake.child);
  if (intake.reporter) await seal('reporter', intake.reporter);
  await seal('narrative', intake.narrative);

  const number = await nextNumber(tx);
  const { state, events, touched } = newCase(
    { caseId, number, stationId, policyVersion, facts, ladder, planned },
    at,
    actor,
  );
  const { rev, status, risk, triggers, nextDueAt, overdue } = project(state, touched);
  await tx.caseRow.create({
    data: {
      ...{ id: caseId, number, stationId, policyVersion, subjectId, rev, status, risk, triggers, overdue },
      type: facts.type,
      riskRaisedFrom: intake.riskRaisedFrom,
      drill: intake.drill,
      reportedBy: actor.id,
      receivedAt: new Date(facts.receivedAt),
      reportedAt: new Date(at),
      nextDueAt: nextDueAt === undefined ? null : new Date(nextDueAt),
      input: asJson({ state }),
    },
  });
  await insertSteps(tx, caseId, state.steps);
  await appendEvents(tx, caseId, events);
}

/**
 * Writes a report to disk: child, reporter and narrative to the vault, the case with its steps and first journal
 * entries beside it. A case that is there already, taken by an earlier try of the same request, is left as it is.
 */
export async function takeReport(db: Db, vault: Vault, intake: Intake): Promise<void> {
  await db.$transaction(async (tx) => {
    const taken = await tx.caseRow.findUnique({ where: { id: intake.caseId }, select: { id: true } });
    if (!taken) await write(tx, vault, intake);
  });
}
