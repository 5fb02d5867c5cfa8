/** Statements as spans of whatever asked for them: the verb and the first table, never a parameter. */
import { tracing } from '../runtime/tracing';

const TABLE = /\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:ONLY\s+)?(?:"?public"?\.)?"?([a-z_]+)"?/i;
const ASKS = new Set(['queryRaw', 'executeRaw']);
const OPENS = new Set(['connect', 'startTransaction']);

type Asking = (query: { sql: string }) => Promise<unknown>;
type Opening = (...given: unknown[]) => Promise<object>;

/** @returns what a statement is called: SELECT cases */
export function summaryOf(sql: string): { verb: string; table: string } {
  const [, verb = 'SQL'] = /^\s*(?:--[^\n]*\n\s*)*([a-z]+)/i.exec(sql) ?? [];
  return { verb: verb.toUpperCase(), table: TABLE.exec(sql)?.[1] ?? '' };
}

/** Runs a statement as a span of whatever asks for it; as it is where nothing is traced. */
export function asStatement<T>(sql: string, run: () => Promise<T>): Promise<T> {
  const on = tracing();
  // What runs by itself every few seconds belongs to nobody's trace.
  if (on?.api.trace.getActiveSpan() === undefined) return run();
  const { verb, table } = summaryOf(sql);
  const attributes = { 'db.system': 'postgresql', 'db.operation.name': verb, 'db.collection.name': table };
  return on.within(`${verb} ${table}`.trim(), attributes, run);
}

/** The adapter as it was where nothing is traced; else one of which each statement is a span. */
export function traced<T extends object>(adapter: T): T {
  return tracing() === undefined ? adapter : wrapped(adapter);
}

function wrapped<T extends object>(adapter: T): T {
  return new Proxy(adapter, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (ASKS.has(String(name)))
        return (query: { sql: string }) => asStatement(query.sql, () => (value as Asking).call(target, query));
      if (OPENS.has(String(name)))
        return async (...given: unknown[]) => wrapped(await (value as Opening).apply(target, given));
      return value.bind(target) as unknown;
    },
  });
}
