/**
 * Statements of one transaction go one after another. Prisma asks for several relations of a row at once, also where all
 * of it has to go over the one connection that its transaction has; the driver keeps such statements in a line of its own,
 * says that this is deprecated, and will not from its next version (pg 9) on.
 */
type Asking = (...given: unknown[]) => Promise<unknown>;
type Opening = (...given: unknown[]) => Promise<object>;

/** What speaks with the database. The end of a transaction is a statement as well, and comes after all others. */
const ASKS = new Set(['queryRaw', 'executeRaw']);

function transactionInTurn<T extends object>(transaction: T): T {
  let last: Promise<unknown> = Promise.resolve();
  const turns = (ask: Asking): Asking => {
    return (...given) => {
      const next = last.then(() => ask.apply(transaction, given));
      // Whoever asked hears of a failure; the next one's turn comes all the same.
      last = next.catch(() => undefined);
      return next;
    };
  };
  return new Proxy(transaction, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return ASKS.has(String(name)) ? turns(value as Asking) : (value.bind(target) as unknown);
    },
  });
}

/** An adapter whose methods of these names open something, which is changed before it is given out. */
function opening<T extends object>(from: T, name: string, change: (opened: object) => object): T {
  return new Proxy(from, {
    get(target, asked) {
      const value: unknown = Reflect.get(target, asked, target);
      if (typeof value !== 'function') return value;
      if (asked !== name) return value.bind(target) as unknown;
      return async (...given: unknown[]) => change(await (value as Opening).apply(target, given));
    },
  });
}

/** The adapter as it was, but that the statements of each transaction wait for one another. */
export const inTurn = <T extends object>(adapter: T): T =>
  opening(adapter, 'connect', (connected) => opening(connected, 'startTransaction', transactionInTurn));
