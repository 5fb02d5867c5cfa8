/**
 * Everything breaks while cases fall due, are reported, acknowledged and finished; afterwards an oracle that knows only the
 * promises says what is missing or wrong. `npm run chaos -- --minutes N --seed S` runs it for longer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { breakOne, explains } from './breaking';
import { gather } from './evidence';
import { missing, PROMPT_MS, unrepeated, wrong } from './oracle';
import { type Lived, live, report } from './people';
import { tell } from './story';
import { Town } from './town';
import { disagreements, journalFaults } from './whole';

const MINUTE = 60_000;
const LENGTH_MS = Number(process.env['CHAOS_MINUTES'] ?? 0.6) * MINUTE;
const SEED = Number(process.env['CHAOS_SEED'] ?? 7);
/** Reports over the API come this often. */
const REPORT_EVERY_MS = 4_000;
/** Deadline, ladder and one round more, for the case that was written down last. */
const STORY_END_MS = 90_000;

let town: Town;
beforeAll(async () => {
  town = await Town.start();
}, 900_000);
afterAll(() => town?.stop(), 60_000);

const say = (line: string): void => void process.stderr.write(`chaos ${line}\n`);

test(
  `seed ${SEED}: nothing is missed, nothing is lost, nothing is said twice without a reason`,
  async () => {
    const story = tell(SEED, LENGTH_MS);
    const begin = Date.now();
    const until = (ms: number): Promise<void> => sleep(Math.max(0, begin + ms - Date.now()));
    const broken: { from: number; until: number }[] = [];
    const breaking = (async () => {
      for (const fault of story.faults) {
        await until(fault.atMs);
        say(`${Math.round(fault.atMs / 1000)} s: ${fault.fault} for ${fault.forMs} ms`);
        const from = Date.now();
        await breakOne(town, fault);
        broken.push({ from, until: Date.now() });
      }
    })();
    const living: Promise<Lived>[] = [];
    const reporting: Promise<string>[] = [];
    const working = (async () => {
      for (const planned of story.cases) {
        await until(planned.atMs);
        living.push(live(town, planned));
      }
    })();
    const taking = (async () => {
      for (let ms = 0; ms < LENGTH_MS; ms += REPORT_EVERY_MS) {
        await until(ms);
        reporting.push(report(town));
      }
    })();
    await Promise.all([breaking, working, taking]);
    const calmAt = Date.now();
    say(
      `calm after ${Math.round((calmAt - begin) / 1000)} s: ${story.cases.length} cases, ${story.faults.length} faults`,
    );
    const lived = await Promise.all(living);
    const reported = await Promise.all(reporting);

    const end = calmAt + STORY_END_MS + PROMPT_MS;
    let evidence = await gather(town, lived);
    const lacking = (): string[] => evidence.seen.flatMap((seen) => [...missing(seen, calmAt), ...unrepeated(seen)]);
    while (lacking().length > 0 && Date.now() < end) {
      await sleep(2_000);
      evidence = await gather(town, lived);
    }
    const { seen, twice } = evidence;
    say(`${seen.flatMap((one) => one.heard).length} messages of lateness, ${twice.length} sent twice`);
    expect(lacking()).toEqual([]);
    expect(seen.flatMap((one) => wrong(one, calmAt))).toEqual([]);
    expect(twice.filter(({ atMs }) => !explains(atMs, broken))).toEqual([]);

    const ids = new Set(reported);
    expect(ids.size).toBe(reported.length);
    const rows = await town.db.caseRow.findMany({ where: { policyVersion: { not: 'chaos' } }, select: { id: true } });
    expect(new Set(rows.map((row) => row.id))).toEqual(ids);
    expect(await journalFaults(town)).toEqual([]);
    expect(await disagreements(town)).toEqual([]);
  },
  LENGTH_MS + STORY_END_MS + PROMPT_MS + 6 * MINUTE,
);
