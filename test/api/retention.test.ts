/** What is proposed for erasure and who is told of it are written together, or not at all. */
import pino from 'pino';
import pg from 'pg';
import { createRetention } from '../../activities/retention';
import { loadAccessPolicy } from '../../store/access-policy';
import { hire, lateCase, POLICIES, startField, type Field } from './deliver-rig';

let field: Field;
let owner: pg.Client;
beforeAll(async () => {
  field = await startField();
  owner = new pg.Client(field.database.ownerUrl);
  await owner.connect();
}, 600_000);
afterAll(async () => {
  await owner?.end();
  await field?.stop();
});

test('what cannot be told is not proposed yet, and is told with the next run', async () => {
  const { db } = field;
  const supervisor = await hire(db);
  await db.staff.update({ where: { id: supervisor.id }, data: { role: 'supervisor' } });
  const { caseId } = await lateCase(db);
  await db.caseRow.update({ where: { id: caseId }, data: { status: 'closed', closedAt: new Date('1990-01-01') } });
  const { proposeErasures } = createRetention({
    ...{ db, access: loadAccessPolicy(POLICIES), log: pino({ level: 'silent' }) },
  });
  // The connection ends between the proposals and the word of them, as by a crash.
  await owner.query(`
    CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut off'; END $$;
    CREATE TRIGGER cut_off BEFORE INSERT ON notices EXECUTE FUNCTION cut_off()`);
  await expect(proposeErasures({ at: Date.now() })).rejects.toThrow('cut off');
  expect(await db.erasure.count()).toBe(0);
  await owner.query('DROP TRIGGER cut_off ON notices');
  expect(await proposeErasures({ at: Date.now() })).toEqual({ proposed: 1 });
  const told = await db.delivery.findMany({ where: { kind: 'erasure_due' } });
  expect(told.map(({ personId, vars }) => [personId, vars])).toEqual([[supervisor.id, { count: '1' }]]);
  expect(await proposeErasures({ at: Date.now() })).toEqual({ proposed: 0 });
});
