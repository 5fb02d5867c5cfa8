/**
 * The disk of the data folder fills while people report: it is said in one line, what cannot be kept is refused and not answered
 * as taken, what was answered is there, and with room again it goes on by itself.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readAccounts } from '../../sandbox/banner';
import { freePorts } from '../../sandbox/ports';
import { type SmallDisk, smallDisk } from '../support/small-disk';
import { startProduct, type SupervisedRun } from '../support/supervised';
import { type CaseBody, eventually, NEGLECT } from '../support/system';

const disk = smallDisk(1_500);

if (disk === undefined) test('only root may mount a disk of its own', () => expect(process.getuid?.()).not.toBe(0));
else
  describe('a full disk', () => {
    fullDisk(disk);
  });

function fullDisk({ folder, fill, free, remove }: SmallDisk): void {
  let run: SupervisedRun;
  let url: string;
  let token: string;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    run = startProduct({ DATA_DIR: join(folder, 'data'), PORT: String(port) });
    await run.until('Ctrl-C stops everything');
    const accounts = readAccounts(join(folder, 'data/accounts.json'));
    token = accounts.find((one) => one.username === 'xinhua_worker1')?.token ?? '';
  }, 900_000);
  afterAll(async () => {
    free();
    run.process.kill('SIGTERM');
    await run.exited;
    remove();
  });

  async function ask(method: string, path: string, body?: object, key?: string) {
    const response = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as CaseBody & { type: string } };
  }

  const taken: string[] = [];
  // A narrative that takes room: one piece of PostgreSQL's log is sixteen megabytes.
  const LONG = { ...NEGLECT, narrative: '测试'.repeat(9_000) };

  /** Reports until one is refused. @returns the key and the answer of that one */
  async function reportUntilRefused(): Promise<{ key: string; status: number }> {
    for (let n = 0; n < 2_000; n += 1) {
      const key = randomUUID();
      try {
        const { status, body: answer } = await ask('POST', '/api/v1/cases', LONG, key);
        if (status !== 201 && status !== 202) return { key, status };
        taken.push(answer.id);
      } catch (error) {
        // The API was not reached, or did not answer in time.
        if (error instanceof Error) return { key, status: 0 };
        throw error;
      }
    }
    throw new Error('nothing was refused on a full disk');
  }

  test('is said, refused and gone on from', async () => {
    const before = (await ask('POST', '/api/v1/cases', NEGLECT, randomUUID())).body.id;
    taken.push(before);
    fill();
    await run.until(/DiskFull: 磁盘将满.*the disk is filling/);
    const { key, status } = await reportUntilRefused();
    expect([0, 503]).toContain(status);

    free();
    await run.until('has room again');
    const again = await eventually(
      () => ask('POST', '/api/v1/cases', LONG, key).catch(() => undefined),
      (reply) => reply?.status === 201 || reply?.status === 202,
      120_000,
    );
    taken.push(again?.body.id ?? '');
    for (const id of taken) {
      const read = await eventually(
        () => ask('GET', `/api/v1/cases/${id}`).catch(() => undefined),
        (reply) => reply?.status === 200,
      );
      expect(read?.body.id).toBe(id);
    }
    const running = async () =>
      (await ask('GET', `/api/v1/cases/${taken.at(-1)}`)).body as unknown as { workflow: string };
    expect((await eventually(running, ({ workflow }) => workflow === 'running', 60_000)).workflow).toBe('running');
    const step = `/api/v1/cases/${before}/steps/first_contact/complete`;
    const once = randomUUID();
    const worked = await eventually(
      () => ask('POST', step, { outcome: 'done' }, once),
      ({ status }) => status !== 503,
      60_000,
    );
    expect(worked.status).toBe(200);
    expect(run.process.exitCode).toBeNull();
  }, 400_000);
}
