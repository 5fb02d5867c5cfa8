// What the application's role may do with the tables of their owner: everything a row at a time, but where a table only
// grows. Given anew after each migration, so that a new table is never forgotten.

/** Tables of which no row is ever changed or removed: not by us, and not by whoever has got hold of our password. */
export const APPEND_ONLY = [
  'events',
  'access_log',
  'access_findings',
  'anchors',
  'anchor_heads',
  'service_events',
  'account_events',
  'report_events',
  'policy_events',
  'erased_subjects',
  'attachment_events',
  'paper_events',
  'station_imports',
];
/** Prisma's own record of what was applied: read at start, written by migrations alone. */
const MIGRATIONS = '_prisma_migrations';

/**
 * @param client a connection of the tables' owner (anything with query(text))
 * @param role the application's; the owner itself needs no grant
 * @throws Error for a name that is none, or a role that does not exist
 */
export async function grantTo(client, role) {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role)) throw new Error(`APP_ROLE: ${role} is no name of a role`);
  await client.query(`
    BEGIN;
    GRANT USAGE ON SCHEMA public TO ${role};
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
    REVOKE UPDATE, DELETE ON ${APPEND_ONLY.join(', ')} FROM ${role};
    REVOKE INSERT, UPDATE, DELETE ON ${MIGRATIONS} FROM ${role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role};
    COMMIT;
  `);
}
