/**
 * A station with many cases as the product itself writes them, for measuring how it moves (整站迁移): planned by the policy, worked by
 * the case's own rules, with a true journal, entries of the vault, and messages. Nobody's in content.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { apply, newCase, planNeeded, refusal } from '../../domain/case';
import { isOpen } from '../../domain/draft';
import type { CaseInput, Command } from '../../domain/messages';
import type { Actor, CaseFacts, CaseState } from '../../domain/model';
import { ladderOf, planFrom } from '../../domain/policy';
import { project } from '../../domain/project';
import { PROJECT } from '../../sandbox/config';
import type { Db } from '../../store/db';
import { takeReport } from '../../store/intake';
import { nextEntries, tailOf } from '../../store/journal';
import type { KeyRing } from '../../store/keys';
import { loadPolicies } from '../../store/policies';
import { writeCase } from '../../store/projection';
import { createVault } from '../../store/vault';

export const STATION = 'bench-move';
const WORKER: Actor = { kind: 'staff', id: 'bench-move-worker' };
const SUPERVISOR: Actor = { kind: 'staff', id: 'bench-move-supervisor' };
const AT_ONCE = 6;
const HOUR = 3_600_000;
const NOTES = 4;

const FIELD = [
  `INSERT INTO stations (id, name, bureau) VALUES ('${STATION}', '测试站', false), ('bench-bureau', '测试局', true)`,
  `INSERT INTO staff (id, station_id, name, role) VALUES ('${WORKER.id}', '${STATION}', '测试社工', 'social_worker'),
    ('${SUPERVISOR.id}', '${STATION}', '测试督导', 'supervisor'), ('bench-duty', 'bench-bureau', '测试值班', 'duty_officer')`,
  `INSERT INTO partners (id, kind, name) VALUES ('bench-police', 'police', '测试派出所')`,
];

/** What follows a case in bulk: five messages with a try each, five looks, one service, for each case. */
const AROUND = [
  `INSERT INTO deliveries (key, case_id, kind, channel, person_kind, person_id, vars, state, attempts, at)
   SELECT id || '/' || k, id, 'overdue', 'sms', 'staff', '${WORKER.id}', '{"number":"A0001","step":"first_contact"}', 'delivered', 1, reported_at
   FROM cases, generate_series(1, 5) k`,
  `INSERT INTO delivery_attempts (key, n, at, provider, outcome, ms) SELECT key, 1, at, 'bench', 'sent', 80 FROM deliveries`,
  `INSERT INTO access_log (staff_id, action, case_id, allowed, ground) SELECT '${WORKER.id}', 'case:read-child', id, true, 'assigned'
   FROM cases, generate_series(1, 5) k`,
  `INSERT INTO services (id, station_id, kind, at, minutes, place, case_id, staff_ids, child_ids, head_count, entered_by, entered_at)
   SELECT gen_random_uuid()::text, '${STATION}', 'home_visit', reported_at, 40, 'home', id, ARRAY['${WORKER.id}'], '{}', 1, '${WORKER.id}', now()
   FROM cases`,
  `ANALYZE`,
];

/** Each second case is closed, each tenth of the others is late. */
function commandsFor(state: CaseState, n: number, notes: readonly string[]): Command[] {
  const noteId = notes[0] ?? '';
  const isClosed = n % 2 === 0;
  const done = state.steps.filter(isOpen).slice(0, isClosed ? undefined : 2);
  return [
    { do: 'assign', actor: SUPERVISOR, asSupervisor: true, staffId: WORKER.id },
    ...notes.map((id): Command => ({ do: 'add_note', actor: WORKER, noteId: id })),
    {
      ...{
        do: 'refer',
        actor: WORKER,
        referralId: randomUUID(),
        partnerId: 'bench-police',
        purpose: 'protect',
        noteId,
      },
    },
    ...done.map(({ id }): Command => ({
      ...{ do: 'complete', actor: WORKER, stepId: id, outcome: 'not_applicable', noteId },
    })),
  ];
}

const CLOSING = (reasonId: string): Command[] => [
  { do: 'ask_close', actor: WORKER, reasonId },
  { do: 'decide_close', actor: SUPERVISOR, asSupervisor: true, approve: true },
];

/** Fills a migrated, empty database. @param say hears how many are made */
export async function makeStation(db: Db, keys: KeyRing, count: number, say: (done: number) => void): Promise<void> {
  for (const statement of FIELD) await db.$executeRawUnsafe(statement);
  const vault = createVault({ db, keys });
  const policy = loadPolicies(join(PROJECT, 'policies')).current;
  const one = async (n: number): Promise<void> => {
    const caseId = randomUUID();
    const at = Date.now() - (n % 10 === 1 ? 3 * HOUR : 60_000);
    const facts: CaseFacts = { type: 'neglect', risk: 'high', receivedAt: at, triggers: [], guardianIsSuspect: false };
    const ladder = ladderOf(policy, facts.risk);
    const planned = planFrom(policy, facts, { start: 'receipt', at, occurrences: {} });
    const taken = await takeReport(db, vault, {
      ...{ caseId, stationId: STATION, policyVersion: policy.version, facts, ladder, planned, actor: WORKER, at },
      drill: false,
      child: {
        name: `测试童${n}`,
        phone: `139${String(n).padStart(8, '0')}`,
        birthDate: '2015-03-07',
        address: '样例路九号',
      },
      narrative: '样例叙述：'.repeat(40),
    });
    if (!taken) throw new Error('a new case was there already');
    const { subjectId } = await db.caseRow.findUniqueOrThrow({ where: { id: caseId }, select: { subjectId: true } });
    const notes: string[] = [];
    for (let k = 0; k < NOTES; k += 1) {
      notes.push(
        await vault.seal(db, { subjectId, caseId, kind: 'note', value: '孩子在姨妈家，情绪平稳。'.repeat(10) }),
      );
    }
    const first = newCase(
      { caseId, number: taken.state.number, stationId: STATION, policyVersion: policy.version, facts, ladder, planned },
      at,
      WORKER,
    );
    let { state } = first;
    const events: typeof first.events = [];
    const carry = (command: Command): boolean => {
      const now = at + (events.length + 1) * 1_000;
      if (refusal(state, command, now)) return false;
      const need = planNeeded(state, command, now);
      const plan = need?.event && {
        steps: planFrom(policy, state.facts, need.event),
        policyVersion: policy.version,
      };
      const decided = apply(state, command, now, plan as Parameters<typeof apply>[3]);
      ({ state } = decided);
      events.push(...decided.events);
      return true;
    };
    for (const command of commandsFor(state, n, notes)) carry(command);
    if (n % 2 === 0) {
      for (const { id } of state.steps.filter(isOpen))
        carry({ do: 'complete', actor: WORKER, stepId: id, outcome: 'not_applicable', noteId: notes[0] ?? '' });
      for (const command of CLOSING(notes[0] ?? '')) carry(command);
    }
    const found = await tailOf(db, caseId);
    const touched = {
      steps: state.steps.map(({ id }) => id),
      alerts: [],
      referrals: state.referrals.map(({ id }) => id),
    };
    await writeCase(
      db,
      caseId,
      project(state, touched),
      { entries: nextEntries(found?.tail, caseId, events), messages: [] },
      { stationId: STATION, left: [] },
    );
    const input: CaseInput = { state };
    await db.$executeRaw`UPDATE cases SET workflow = 'running', input = ${JSON.stringify(input)}::jsonb WHERE id = ${caseId}`;
  };
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        next += 1;
        await one(next);
        if (next % 500 === 0) say(next);
      }
    }),
  );
  for (const statement of AROUND) await db.$executeRawUnsafe(statement);
}
