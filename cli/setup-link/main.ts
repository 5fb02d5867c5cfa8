/** `npm run setup-link`. Exit code 0: a link was made and printed; 1: it was not, and why was said; 2: wrong options. */
import { z } from 'zod';
import { createAuth } from '../../api/auth/auth';
import { giveSetupLink, giveSignIn } from '../../api/auth/sign-ins';
import { newStaffId } from '../../api/schemas/accounts';
import { formatBeijing } from '../../domain/zone';
import { ConfigError, readEnv, sharedEnv } from '../../runtime/env';
import { BY_COMMAND, noteAccount } from '../../store/account-journal';
import { type AccountRow, readAccount, resetFactor } from '../../store/accounts';
import { workingAdmins } from '../../store/admins';
import { type Db, openDb, reach } from '../../store/db';
import { unlock } from '../../store/sign-in-attempts';
import { CliFailure } from '../client';
import { ending, type Given, readOptions } from '../command';
import { OptionsWrong } from '../policy/options';

const USAGE = `npm run setup-link -- --name NAME [--username admin] [--station bureau] [--station-name NAME]
    the first administrator of an installation: makes the account, and prints the one-time link by which its owner sets
    password and second factor. Good for three days. Refused once an administrator can sign in: they make links themselves
npm run setup-link -- --for USERNAME [--reset-factor]
    a new link for somebody who is there already: the way back in when no administrator can sign in any more
    --reset-factor   the authenticator and the backup codes are lost as well

DATABASE_URL, AUTH_SECRET and PUBLIC_URL say which installation`;

const Env = z.object({
  DATABASE_URL: sharedEnv.DATABASE_URL,
  PUBLIC_URL: sharedEnv.PUBLIC_URL.unwrap(),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
});

/** Sessions end, and whatever held the account up. */
async function letIn(db: Db, row: AccountRow, reset: boolean): Promise<void> {
  const { staffId, userId, username, stationId } = row;
  await db.$transaction(async (tx) => {
    await unlock(tx, username ?? staffId);
    if (!reset || userId === null) return;
    await resetFactor(tx, userId);
    await noteAccount(tx, { staffId: BY_COMMAND, subjectId: staffId, stationId, action: 'factor.reset' });
  });
}

/** @throws CliFailure where there is nobody, or they are shut out */
async function existing(db: Db, staffId: string, reset: boolean): Promise<AccountRow> {
  const row = await readAccount(db, staffId);
  if (!row) throw new CliFailure(`没有账号 ${staffId} · there is no account ${staffId}`);
  if (!row.active) throw new CliFailure(`账号 ${staffId} 已停用 · the account ${staffId} is disabled`);
  await letIn(db, row, reset);
  return row;
}

/** @throws OptionsWrong, CliFailure */
async function first(db: Db, values: Given['values']): Promise<AccountRow> {
  const { name, username = 'admin', station = 'bureau', 'station-name': stationName = '民政局' } = values;
  if (!name) throw new OptionsWrong(['--name is missing: what the administrator is called']);
  const wrong = [username, station].flatMap((id) => (newStaffId.safeParse(id).success ? [] : [`${id}: no id`]));
  if (wrong.length > 0) throw new OptionsWrong(wrong);
  if ((await workingAdmins(db)).length > 0) {
    throw new CliFailure(
      '已有管理员可以登录，请在“账号管理”里新建 · an administrator can sign in already: they make accounts',
    );
  }
  await db.station.createMany({ data: [{ id: station, name: stationName, bureau: true }], skipDuplicates: true });
  const staff = { id: username, name, role: 'admin', stationId: station };
  const { count } = await db.staff.createMany({ data: [staff], skipDuplicates: true });
  const row = await readAccount(db, username);
  if (!row || row.role !== 'admin' || !row.active) {
    throw new CliFailure(
      `${username} 已是别人的账号名，请用 --username 换一个 · ${username} is somebody else: choose another --username`,
    );
  }
  if (count > 0) {
    const about = { staffId: BY_COMMAND, subjectId: username, stationId: row.stationId };
    await noteAccount(db, { ...about, action: 'account.create', data: { role: 'admin' } });
  }
  return row;
}

async function work(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const takes = { values: ['name', 'username', 'station', 'station-name', 'for'], flags: ['reset-factor'] };
  const { words, values, flags } = readOptions(args, takes);
  if (words.length > 0) throw new OptionsWrong([`${words.join(' ')}: no such command`]);
  const e = readEnv(Env, env);
  const db = openDb(e.DATABASE_URL, 2);
  try {
    await reach(db).catch((cause: unknown) => {
      throw new CliFailure('数据库没有应答 · the database does not answer', { cause });
    });
    const auth = createAuth({ db, secret: e.AUTH_SECRET, publicUrl: e.PUBLIC_URL, signInsPerMinute: 1 });
    const wanted = values['for'];
    const row = wanted === undefined ? await first(db, values) : await existing(db, wanted, flags.has('reset-factor'));
    const { staffId, name, role, stationId } = row;
    await giveSignIn({ db, auth }, { staffId, name, role });
    const { url, expiresAt } = await giveSetupLink(db, e.PUBLIC_URL, { staffId, stationId, by: BY_COMMAND });
    console.log(
      `${url}\n\n一次有效，${formatBeijing(expiresAt.getTime())} 前有效，请当面交给 ${staffId} 本人，勿经群聊转发。`,
    );
    console.log(`Good once, until ${expiresAt.toISOString()}. Hand it over in person.`);
    return 0;
  } finally {
    await db.$disconnect();
  }
}

/** Runs one command line and gives its exit code. */
export async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args.includes('--help') || args[0] === 'help') {
    console.log(USAGE);
    return 0;
  }
  return ending(USAGE, () =>
    work(args, env).catch((error: unknown) => {
      throw error instanceof ConfigError ? new CliFailure(error.message) : error;
    }),
  );
}

// In the image, where nothing is prepared: node dist/cli/setup-link/main.js
if (require.main === module) void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
