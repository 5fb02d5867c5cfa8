/** Cases in every state that a screen has to show, made through the API as people would. */
import type { CaseBody, System } from '../support/system';

export const WORKER = 'xinhua_worker1';
export const SUPERVISOR = 'xinhua_supervisor';

export interface MadeUpField {
  /** Late, with an open alert, a referral and a journal. */
  late: CaseBody;
  /** More time is asked for. */
  asking: CaseBody;
  calm: CaseBody;
}

const post = (system: System, path: string, as: string, body: unknown): Promise<{ status: number }> =>
  system.ask('POST', `/api/v1${path}`, as, body);

async function must(done: Promise<{ status: number; body?: unknown }>): Promise<void> {
  const { status, body } = await done;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Three cases of the worker: one late, one that waits for the supervisor, one in good time. */
export async function makeField(system: System): Promise<MadeUpField> {
  const staffId = system.account(WORKER).staffId;
  const [late, asking, calm] = await Promise.all([
    system.report(WORKER, {
      type: 'physical_abuse',
      risk: 'critical',
      triggers: ['injury'],
      child: { name: '演示甲', sex: 'male', birthDate: '2016-03-09', address: '新华西路 12 号 3 单元' },
      reporter: { name: '演示老师', role: 'teacher', phone: '13800009999' },
      narrative: '演示：老师发现孩子手臂有淤青，孩子说不敢回家。',
    }),
    system.report(WORKER, { type: 'neglect', risk: 'high', child: { name: '演示乙', sex: 'female' } }),
    system.report(WORKER, { type: 'bullying', risk: 'medium', child: { name: '演示丙' } }),
  ]);
  for (const { id } of [late, asking, calm]) await must(post(system, `/cases/${id}/assign`, SUPERVISOR, { staffId }));
  await must(
    post(system, `/cases/${late.id}/steps/referral_phone/complete`, WORKER, {
      outcome: 'done',
      note: '已电话通知派出所',
    }),
  );
  await must(
    post(system, `/cases/${late.id}/referrals`, WORKER, {
      partnerId: 'police-qinghe',
      purpose: 'investigate',
      note: '请核实监护情况',
    }),
  );
  const step = asking.steps.find((one) => one.kind === 'first_contact');
  const until = new Date(Date.parse(step?.dueAt ?? '') + 24 * 3_600_000).toISOString();
  const reason = '家长带孩子去了外地，明天返回';
  await must(post(system, `/cases/${asking.id}/steps/first_contact/extend`, WORKER, { until, reason }));
  await system.forward(late.id, 150);
  return { late, asking, calm };
}
