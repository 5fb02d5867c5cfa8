/**
 * Makes an export of a station with many cases, for measuring `npm run import` (docs/export.md): DATABASE_URL is a migrated, empty
 * database, VAULT_KEY its key, and `node dist/bench/move/main.js --cases 5000 --out FOLDER --for KEY` the command.
 */
import { exportStation } from '../../cli/export/write';
import { readOptions } from '../../cli/command';
import { blobsOf } from '../../cli/backup/attachments';
import { placeOf } from '../../cli/place';
import { openDb } from '../../store/db';
import { localKms } from '../../store/kms';
import type { Standing, StateLine } from '../../store/exchange/standing';
import { makeStation, STATION } from './station';

const MB = 1_048_576;

/** As it stands in the rows: no workflow runs that could be asked. */
const fromRows = (all: readonly Standing[]): Promise<StateLine[]> =>
  Promise.resolve(all.map(({ of, id, rev, input }) => ({ of, id, seq: rev, state: input.state })));

async function main(args: string[]): Promise<void> {
  const { values } = readOptions(args, { values: ['cases', 'out', 'for'], flags: [] });
  const { cases = '5000', out, for: recipient } = values;
  const place = placeOf(process.env);
  if (out === undefined || recipient === undefined || !place.keys) throw new Error('--out, --for, VAULT_KEY');
  const db = openDb(place.databaseUrl, 8);
  const say = (what: string): void => void process.stderr.write(`${what}\n`);
  await makeStation(db, place.keys, Number(cases), (done) => say(`${done} cases made`));
  const since = performance.now();
  const deps = { db, kms: localKms(place.keys), blobs: blobsOf(process.env), statesOf: fromRows };
  const { sha256 } = await exportStation(deps, { stationId: STATION, folder: out, recipient, now: Date.now() });
  const { maxRSS } = process.resourceUsage();
  say(
    `exported in ${((performance.now() - since) / 1_000).toFixed(1)} s, ${Math.round((maxRSS * 1_024) / MB)} MB at most`,
  );
  console.log(sha256);
  await db.$disconnect();
}

if (require.main === module) void main(process.argv.slice(2));
