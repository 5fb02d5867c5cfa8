import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** One made-up sign-in, as GET /sandbox/accounts shows it. */
export const Account = z.object({
  username: z.string(),
  password: z.string(),
  role: z.string(),
  stationId: z.string(),
  staffId: z.string(),
  phone: z.string(),
  email: z.string(),
  token: z.string(),
});
export type Account = z.infer<typeof Account>;

/** The sign-ins kept in a data folder; none where the file is missing. @throws ZodError, SyntaxError when it is broken */
export function readAccounts(file: string): Account[] {
  return existsSync(file) ? z.array(Account).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
}

/** Written aside and renamed, readable for its owner alone: a crash in between leaves the older one whole. */
export function writeAccounts(file: string, accounts: Account[]): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
