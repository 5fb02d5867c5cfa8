import type pg from 'pg';

export const LOCK_WAIT_MS: number;
export function concurrentStatements(script: string): string[] | undefined;
export function applyGently(pool: pg.Pool, script: string): Promise<void>;
