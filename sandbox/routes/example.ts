/** An example case for visitors, reported and assigned through the API as its made-up staff would. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { unavailable } from '../../api/problem';
import { readAccounts } from '../data/accounts';

const NAMES = ['演示甲', '演示乙', '演示丙', '演示丁', '演示戊'];
const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const Made = z.object({ id: z.string() });

/** @param apiUrl where this very API listens @throws Problem 503 where it does not take the report */
export async function reportExample(apiUrl: string, accountsFile: string): Promise<void> {
  const accounts = readAccounts(accountsFile);
  const post = async (path: string, as: string, body: unknown): Promise<unknown> => {
    const token = accounts.find(({ username }) => username === as)?.token ?? '';
    const response = await fetch(`${apiUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw unavailable(5, 'the example could not be reported');
    return response.json();
  };
  const { id } = Made.parse(
    await post('/cases', WORKER, {
      type: 'physical_abuse',
      risk: 'critical',
      triggers: ['injury'],
      child: { name: NAMES[randomInt(NAMES.length)], sex: 'unknown', address: '演示小区 3 栋' },
      reporter: { name: '演示老师', role: 'teacher' },
      narrative: '演示：老师发现孩子手臂有淤青，孩子说不敢回家。',
    }),
  );
  const staffId = accounts.find(({ username }) => username === WORKER)?.staffId;
  await post(`/cases/${id}/assign`, SUPERVISOR, { staffId });
}
