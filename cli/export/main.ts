/** `npm run export`. Exit code 0: everything of the station is in the folder; 1: it is not, and why was said; 2: wrong options. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../../runtime/payload-codec';
import { RecipientUnfit } from '../../runtime/recipient';
import { openDb, reach } from '../../store/db';
import { localKms, VaultKeyUnknown } from '../../store/kms';
import { blobsOf } from '../backup/attachments';
import { CliFailure } from '../client';
import { ending, readOptions } from '../command';
import { placeOf } from '../place';
import { OptionsWrong } from '../policy/options';
import { temporalOf } from '../temporal-place';
import { States, StatesMoved } from './states';
import { type ExportDeps, type Exported, exportStation } from './write';

const USAGE = `npm run export -- --station ID --out FOLDER --for KEY
    writes everything of one station into a new folder: JSON Lines, one file a kind, the files of attachments, and a manifest
    with counts and hashes; docs/export.md says what each field is. The system goes on running meanwhile
    --for KEY   the receiver's public key, as their npm run import -- key prints it. What is personal (the vault, names, numbers)
                leaves sealed for it, and this system cannot open it again

DATABASE_URL, VAULT_KEY, TEMPORAL_ADDRESS, PAYLOAD_KEYS, DATA_DIR, ATTACHMENTS and S3_… say which installation, as its API has
them (each NAME_FILE too); without DATABASE_URL it is the running sandbox in DATA_DIR. docs/export.md walks through a move`;

/** Something moves in a busy station every few seconds; what did not move is not asked again. */
const MOST_TRIES = 8;
const PAUSE_MS = 1_000;

/** @throws CliFailure */
function newFolder(out: string): string {
  const folder = resolve(out);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CliFailure(`${folder} 不是空文件夹 · the folder is not empty`);
  return folder;
}

async function patiently(
  deps: ExportDeps,
  of: { stationId: string; folder: string; recipient: string },
): Promise<Exported> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await exportStation(deps, { ...of, now: Date.now() });
    } catch (error) {
      if (!(error instanceof StatesMoved)) throw error;
      if (tried === MOST_TRIES)
        throw new CliFailure(
          `案件 ${error.numbers.join(' ')} 一直在变动，请稍后重试 · these cases keep moving: try again later`,
          { cause: error },
        );
      await sleep(PAUSE_MS);
    }
  }
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { words, values } = readOptions(args, { values: ['station', 'out', 'for'], flags: [] });
  const { station: stationId, out, for: recipient } = values;
  const missing = Object.entries({ station: stationId, out, for: recipient }).flatMap(([name, value]) =>
    value === undefined ? [`--${name} is missing`] : [],
  );
  if (words.length > 0) missing.push(`${words.join(' ')}: no such command`);
  if (stationId === undefined || out === undefined || recipient === undefined || missing.length > 0)
    throw new OptionsWrong(missing);
  const folder = newFolder(out);
  const place = placeOf(env);
  if (!place.keys) throw new CliFailure('需要 VAULT_KEY · VAULT_KEY is not set');
  const { address, keys } = temporalOf(env);
  const connection = Connection.lazy({ address, connectTimeout: 5_000 });
  const namespace = env['TEMPORAL_NAMESPACE'] || 'shouwang';
  const states = new States(new Client({ connection, namespace, dataConverter: dataConverter(keys) }));
  const db = openDb(place.databaseUrl, 2);
  const existed = existsSync(folder);
  try {
    await reach(db).catch((cause: unknown) => {
      throw new CliFailure('数据库没有应答 · the database does not answer', { cause });
    });
    const deps = {
      db,
      kms: localKms(place.keys),
      blobs: blobsOf(env),
      statesOf: (all) => states.of(all),
    } satisfies ExportDeps;
    const { manifest, sha256 } = await patiently(deps, { stationId, folder, recipient });
    say(manifest, folder, sha256);
    return 0;
  } catch (error) {
    // A half of it is of no use to anybody.
    await clear(folder, existed);
    if (error instanceof RecipientUnfit) throw new CliFailure(`--for: ${error.message}`, { cause: error });
    if (error instanceof VaultKeyUnknown) throw new CliFailure(error.message, { cause: error });
    throw error;
  } finally {
    await connection.close();
    await db.$disconnect();
  }
}

async function clear(folder: string, existed: boolean): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  if (existed) await mkdir(folder, { recursive: true });
}

function say({ files, blobs, station }: Exported['manifest'], folder: string, sha256: string): void {
  const linesOf = (name: string): number => files.find((one) => one.name === `${name}.jsonl`)?.lines ?? 0;
  console.log(`✓ ${folder}`);
  console.log(
    `  ${station.name}：案件 ${linesOf('cases')}，日志 ${linesOf('events')} 条，附件 ${blobs.files} 个文件 · ${files.length} files and the manifest ${join(folder, 'manifest.json')}`,
  );
  console.log(`  清单 sha256 ${sha256}`);
  console.log('  请用另一渠道告知接收方核对 · tell the receiver this hash by another way: they compare it');
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () => work(args, env));
}

// In the image, where nothing is prepared: node dist/cli/export/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
