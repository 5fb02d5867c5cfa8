/** Who is told what the audit found: the station's supervisors, the duty officers where there is none or it is the system. */
import type { Texts } from '../domain/texts';
import { AGAIN_MS, isDue, type FindingKind } from '../domain/audit';
import { bulletin, type BulletinLine } from '../domain/bulletin';
import { kindOfStep } from '../domain/ids';
import type { AuditFinding } from '../prisma/generated/client';
import type { Db, Tx } from '../store/db';
import { numbersOf } from '../store/findings';
import { makeNotice } from '../store/notices';
import { supervisorsOf, officers } from '../store/oversight';
import { onlyHearers } from '../store/hearers';
import type { Reachable } from '../store/roster';

interface Told {
  person: Reachable;
  lines: BulletinLine[];
}

/**
 * Tells every finding once, and again each half hour while it stays. One message a person, whatever the number: made in the
 * transaction that marks the findings as told, so that a crash neither loses nor repeats it.
 */
export async function tellFindings(
  { db, texts }: { db: Db; texts: Texts },
  open: AuditFinding[],
  at: number,
): Promise<void> {
  // Whoever runs a drill looks at the list of findings; nobody is alarmed for one.
  const due = open.filter((one) => !one.drill && isDue(one.toldAt?.getTime() ?? null, at));
  if (due.length === 0) return;
  await db.$transaction(async (tx) => {
    const numbers = await numbersOf(tx, due);
    const told = new Map<string, Told>();
    for (const { stationId, caseId, kind, stepId } of due) {
      const line = {
        kind: kind as FindingKind,
        ...(caseId !== null && { number: numbers.get(caseId) }),
        ...(stepId !== null && { step: texts.stepName(kindOfStep(stepId)) }),
      };
      for (const person of await whoHears(tx, { stationId, caseId }, at)) {
        const before = told.get(person.id) ?? { person, lines: [] };
        told.set(person.id, { person, lines: [...before.lines, line] });
      }
    }
    const notice = { name: `audit/${at}`, kind: 'audit_finding', channels: ['sms', 'email'], at } as const;
    for (const { person, lines } of told.values())
      await makeNotice(tx, person, { ...notice, vars: bulletin(lines), withinMs: AGAIN_MS });
    const ids = due.map((one) => one.id);
    await tx.auditFinding.updateMany({ where: { id: { in: ids } }, data: { toldAt: new Date(at) } });
  });
}

type About = Pick<AuditFinding, 'stationId' | 'caseId'>;

async function whoHears(tx: Tx, { stationId, caseId }: About, at: number): Promise<Reachable[]> {
  const may = (people: Reachable[]): Promise<Reachable[]> =>
    caseId === null ? Promise.resolve(people) : onlyHearers(tx, caseId, people);
  const supervisors = stationId === null ? [] : await may(await supervisorsOf(tx, stationId, at));
  return supervisors.length > 0 ? supervisors : may(await officers(tx, at));
}
