/** Statements of one transaction, asked for at once: they go one after another, and only those. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurn } from '../../store/in-turn';

/** A driver that counts how many statements it works on at once. */
class Driver {
  readonly done: string[] = [];
  most = 0;
  private now = 0;

  queryRaw = async ({ sql }: { sql: string }): Promise<string> => {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    await sleep(sql.length);
    this.now -= 1;
    if (sql.startsWith('wrong')) throw new Error(sql);
    this.done.push(sql);
    return sql;
  };
  executeRaw = this.queryRaw;
  startTransaction = async (): Promise<Driver> => this;
}

class Factory {
  readonly provider = 'postgres';
  constructor(readonly driver: Driver) {}
  async connect(): Promise<Driver> {
    return this.driver;
  }
}

const connected = async (): Promise<[Driver, Driver]> => {
  const driver = new Driver();
  const factory = inTurn(new Factory(driver));
  expect(factory.provider).toBe('postgres');
  return [driver, await factory.connect()];
};

test('in a transaction: in the order of asking, its end last, and none of them at once', async () => {
  const [driver, connection] = await connected();
  const transaction = await connection.startTransaction();
  const asked = ['the first one, which is long', 'second', 'third'].map((sql) => transaction.queryRaw({ sql }));
  const end = transaction.executeRaw({ sql: 'COMMIT' });
  expect(await Promise.all(asked)).toEqual(['the first one, which is long', 'second', 'third']);
  await end;
  expect(driver.done).toEqual(['the first one, which is long', 'second', 'third', 'COMMIT']);
  expect(driver.most).toBe(1);
});

test('one that fails is told to whoever asked, and holds up nobody', async () => {
  const [driver, connection] = await connected();
  const transaction = await connection.startTransaction();
  const both = await Promise.allSettled(['wrong', 'right'].map((sql) => transaction.queryRaw({ sql })));
  expect(both).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 'right' }]);
  expect(driver.most).toBe(1);
});

test('outside of one, and in two of them, statements go side by side', async () => {
  const [driver, connection] = await connected();
  await Promise.all(['one', 'two'].map((sql) => connection.queryRaw({ sql })));
  expect(driver.most).toBe(2);
  const [here, there] = [await connection.startTransaction(), await connection.startTransaction()];
  await Promise.all(['one', 'two', 'three'].flatMap((sql) => [here, there].map((each) => each.queryRaw({ sql }))));
  expect(driver.most).toBe(2);
});
