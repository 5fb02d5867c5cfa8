// Applies one migration so that nobody who works meanwhile waits long: it never stands in the queue for a lock longer than
// LOCK_WAIT_MS, since everybody who comes after it would stand behind it; it gives up, lets them pass and comes again.
import { setTimeout as sleep } from 'node:timers/promises';

export const LOCK_WAIT_MS = 300;
const PAUSE_MS = 400;
/** About two and a half minutes of a table that somebody will not let go of. */
const TRIES = 200;
/** lock_not_available, deadlock_detected */
const OCCUPIED = new Set(['55P03', '40P01']);

/** undefined_column, undefined_table, undefined_function, undefined_object, unique_violation: only the migration itself can build it, or say why not. */
const NOT_YET = new Set(['42703', '42P01', '42883', '42704', '23505']);

const withoutComments = (script) => script.replaceAll(/--[^\n]*/g, '');
const EXTENSION = /^CREATE EXTENSION IF NOT EXISTS [^;]*;/gm;
const PLAIN = /^CREATE (UNIQUE )?INDEX ("\w+")\s+ON\s+("\w+")([^;]*);/gm;
const CONCURRENT = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+IF\s+NOT\s+EXISTS\s+"?(\w+)"?/i;

/** The statements of a migration that builds indexes beside the running work; undefined for any other. */
export function concurrentStatements(script) {
  const statements = withoutComments(script)
    .split(';')
    .map((one) => one.trim())
    .filter(Boolean);
  return statements.length > 0 && statements.every((one) => CONCURRENT.test(one)) ? statements : undefined;
}

/** Such an index takes no lock that anybody waits for, and cannot be built within a transaction. */
async function buildIndex(client, statement) {
  const [, name] = CONCURRENT.exec(statement);
  // What an earlier try left behind when it was cut short: it is there, and nobody may use it.
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid`,
    [`"${name}"`],
  );
  if (rowCount > 0) await client.query(`DROP INDEX CONCURRENTLY "${name}"`);
  await client.query(statement);
}

/**
 * Builds a migration's indexes on tables that are there before the migration itself is applied, which would hold the tables
 * for as long as it takes; those on what it adds it builds itself, on columns that are empty yet.
 */
async function buildAhead(client, script) {
  // What an index is made with; it locks no table.
  for (const [extension] of withoutComments(script).matchAll(EXTENSION)) await client.query(extension);
  for (const [, unique = '', name, table, rest] of withoutComments(script).matchAll(PLAIN)) {
    const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS found', [table]);
    if (!rows[0].found) continue;
    try {
      await buildIndex(client, `CREATE ${unique}INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${table}${rest}`);
    } catch (error) {
      if (!NOT_YET.has(error.code)) throw error;
      await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    }
  }
}

/** As one piece: applied whole or not at all, whatever semicolons stand within it. */
async function applyWhole(client, script) {
  for (let tried = 1; ; tried += 1) {
    try {
      await client.query('BEGIN');
      await client.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
      await client.query(script);
      await client.query('COMMIT');
      return;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!OCCUPIED.has(error.code) || tried === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** @param pool of the tables' owner @param script the text of one migration */
export async function applyGently(pool, script) {
  const client = await pool.connect();
  try {
    const statements = concurrentStatements(script);
    if (statements === undefined) {
      await buildAhead(client, script);
      await applyWhole(client, script.replaceAll(PLAIN, 'CREATE $1INDEX IF NOT EXISTS $2 ON $3$4;'));
    } else for (const statement of statements) await buildIndex(client, statement);
  } finally {
    client.release();
  }
}
