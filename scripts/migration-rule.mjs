// What a migration may do to tables that are full and in use while it runs. What is refused here holds a table for as long as it
// takes to look through all of it, or breaks processes of the version before, which run on for a while (docs/operations.md).

/** Each on one statement that concerns a table from before the migration. */
const RULES = [
  [
    /^ALTER TABLE .*\bALTER (?:COLUMN )?"?\w+"? (?:SET DATA )?TYPE\b/is,
    'changes a type: the table is written anew; add a column',
  ],
  [/\bADD COLUMN .*\bGENERATED ALWAYS AS\b.*\bSTORED\b/is, 'adds a stored computed column: the table is written anew'],
  [
    /\bADD COLUMN .*(?:SERIAL\b|gen_random_uuid|random\(|clock_timestamp|nextval)/is,
    'adds a column with a default of its own for each row: the table is written anew',
  ],
  [
    /\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b/is,
    'adds a required column without a default: the older version cannot write',
  ],
  [
    /\bSET NOT NULL\b/i,
    'looks through the whole table under its lock; add CHECK … NOT VALID and validate it in a migration after it',
  ],
  [
    /\bADD CONSTRAINT .*\b(?:FOREIGN KEY|CHECK)\b(?!.*\bNOT VALID\b)/is,
    'looks through the whole table under its lock; NOT VALID, and VALIDATE CONSTRAINT in a migration after it',
  ],
  [
    /\bADD (?:CONSTRAINT "?\w+"? )?(?:UNIQUE|PRIMARY KEY)\b(?!.*\bUSING INDEX\b)/is,
    'builds an index under the lock; CREATE UNIQUE INDEX instead',
  ],
  [/\bDROP COLUMN\b|\bRENAME\b|^DROP TABLE\b/i, 'takes away what the older version still reads'],
  [/^(?:UPDATE|DELETE FROM)\b/i, 'changes rows by the table; a sweep of the API does it in portions, as with clues'],
  [/^(?:LOCK|CLUSTER|REINDEX|VACUUM|TRUNCATE)\b/i, 'holds the table'],
  [
    /^CREATE (?:UNIQUE )?INDEX (?!"\w+"\s+ON\s+"\w+"|CONCURRENTLY IF NOT EXISTS )/i,
    'is not built ahead by scripts/gentle.mjs, which knows CREATE INDEX "name" ON "table"',
  ],
];
const CONCURRENTLY = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY/i;

/** Statements without comments; what stands between $$ is one with what is around it. */
function statements(sql) {
  const bodies = [];
  const kept = sql
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, (body) => `$${bodies.push(body)}$`);
  return kept
    .split(';')
    .map((one) => one.trim().replaceAll(/\s+/g, ' '))
    .filter(Boolean);
}

const CREATED = /^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?/i;
const CONCERNED =
  /^(?:ALTER TABLE (?:ONLY |IF EXISTS )*|UPDATE |DELETE FROM |LOCK (?:TABLE )?|CLUSTER |REINDEX \w+ |VACUUM (?:FULL )?|TRUNCATE (?:TABLE )?|DROP TABLE (?:IF EXISTS )?|CREATE (?:UNIQUE )?INDEX .*?\bON (?:ONLY )?)"?(\w+)"?/is;

/** @returns what is the matter with the SQL of one migration, a line each; nothing: it may go out */
export function faultsOf(sql) {
  const all = statements(sql);
  const fresh = new Set(all.flatMap((one) => CREATED.exec(one)?.[1] ?? []));
  const found = all.flatMap((one) => {
    const table = CONCERNED.exec(one)?.[1];
    if (table === undefined || fresh.has(table)) return [];
    return RULES.filter(([pattern]) => pattern.test(one)).map(([, why]) => `${table}: ${why}`);
  });
  const beside = all.filter((one) => CONCURRENTLY.test(one)).length;
  if (beside > 0 && beside < all.length)
    found.push('CREATE INDEX CONCURRENTLY cannot stand beside other statements: give it a migration of its own');
  return found;
}
