import type { Tx } from './db';

/** One look at a child's file, or one refusal. */
export interface Access {
  userId?: string;
  staffId?: string;
  /** A permission or a word for what was tried, such as `case:read-child`. */
  action: string;
  caseId?: string;
  allowed: boolean;
  /** Network address of the caller. */
  address?: string;
}

/** Writes a line of the access log (查阅日志), which the database lets nobody change. */
export async function logAccess(tx: Tx, access: Access): Promise<void> {
  await tx.accessLog.create({ data: access });
}
