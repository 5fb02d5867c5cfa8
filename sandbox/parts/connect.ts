import pg from 'pg';

/**
 * Does some work on a connection of its own, and closes it.
 * @throws what the work throws, and the driver's error where the server cannot be reached or goes away
 */
export async function connected<T>(to: string | pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(to);
  // A server that is stopped while we ask: the question fails, and that is told. Unheard, the same word would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
