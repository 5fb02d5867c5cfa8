/** Statements as spans of whatever asked for them: the verb and the first table, never a parameter. */
import { tracing, type Tracing } from '../runtime/tracing';

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

function ask(on: Tracing, target: object, asking: Asking): Asking {
  return (query) => {
    // What runs by itself every few seconds belongs to nobody's trace.
    if (on.api.trace.getActiveSpan() === undefined) return asking.call(target, query);
    const { verb, table } = summaryOf(query.sql);
    const attributes = { 'db.system': 'postgresql', 'db.operation.name': verb, 'db.collection.name': table };
    return on.within(`${verb} ${table}`.trim(), attributes, () => asking.call(target, query));
  };
}

/** The adapter as it was where nothing is traced; else one of which each statement is a span. */
export function traced<T extends object>(adapter: T): T {
  const on = tracing();
  return on === undefined ? adapter : wrapped(on, adapter);
}

function wrapped<T extends object>(on: Tracing, adapter: T): T {
  return new Proxy(adapter, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (ASKS.has(String(name))) return ask(on, target, value as Asking);
      if (OPENS.has(String(name)))
        return async (...given: unknown[]) => wrapped(on, await (value as Opening).apply(target, given));
      return value.bind(target) as unknown;
    },
  });
}
