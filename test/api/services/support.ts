import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dateOf } from '../../../domain/services/term';
import { beijingDay } from '../../../domain/zone';
import { PROJECT } from '../../../sandbox/config';
import { type Json, type Reply, startTestApi, type TestApi } from '../../support/api';

/** A contract whose term began 100 days ago and goes on for 100 more, so that the tests' own clock is in the middle. */
export const contractNow = (station: string, id: string, evaluatedIn = 60): string => {
  const today = beijingDay(Date.now());
  return `
id: ${id}
name: 试验合同
buyer: 民政局
contractor: 社会工作服务机构
station: ${station}
term: { from: ${dateOf(today - 100)}, to: ${dateOf(today + 100)} }
evaluations:
  - { stage: final, name: 末期评估, on: ${dateOf(today + evaluatedIn)} }
budget: 200000
payments: []
indicators:
  - { id: workers, name: 社工, part: output, unit: persons, target: 3, count: { from: staff, roles: [social_worker, supervisor], post: full_time } }
  - { id: casework, name: 个案, part: output, unit: persons, target: 10, count: { from: records, each: person, kinds: [casework], cases: {} } }
  - { id: groups, name: 小组, part: output, unit: groups, target: 5, count: { from: records, each: group, kinds: [group_session], least_sessions: 2 } }
  - { id: events, name: 社区活动, part: output, unit: sessions, target: 1, count: { from: records, each: session, kinds: [community_event] } }
  - { id: visits, name: 探访, part: output, unit: person_times, target: 260, count: { from: records, each: person_time, kinds: [visit, home_visit] } }
  - { id: guarantee, name: 服务保障率, part: output, unit: rate, target: 100%, count: { from: intake, steps: [acknowledge] } }
  - { id: served, name: 直接受益, part: output, unit: person_times, target: 15, count: { from: records, each: person_time, kinds: [visit, casework, group_session, community_event], cases: { risks: [critical, high] } } }
  - { id: satisfied, name: 满意度, part: output, unit: rate, target: 90%, count: { from: satisfaction } }
`;
};

export interface ServicesApi extends TestApi {
  post(path: string, body: unknown, as?: string): Promise<Reply>;
  get(path: string, as?: string): Promise<Reply>;
}

/** The policies with one contract of each station that is running now, in a folder that the caller removes. */
export function policiesNow(): string {
  const policiesDir = mkdtempSync(join(tmpdir(), 'services-policies-'));
  cpSync(join(PROJECT, 'policies'), policiesDir, { recursive: true });
  writeFileSync(join(policiesDir, 'contracts/now.yaml'), contractNow('xinhua', 'now'));
  writeFileSync(join(policiesDir, 'contracts/donghu.yaml'), contractNow('donghu', 'donghu'));
  return policiesDir;
}

/** The API with those contracts. */
export async function startServicesApi(): Promise<ServicesApi> {
  const policiesDir = policiesNow();
  const test = await startTestApi({ config: { policiesDir } });
  return {
    ...test,
    post: (path, body, as = 'xinhua_worker1') => test.ask('POST', `/api/v1${path}`, { as, body }),
    get: (path, as = 'xinhua_worker1') => test.ask('GET', `/api/v1${path}`, { as }),
    async close() {
      await test.close();
      rmSync(policiesDir, { recursive: true, force: true });
    },
  };
}

/** @throws Error with the answer, where it has another status */
export function must(reply: Reply, status = 201): Json {
  if (reply.status !== status) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** A moment so many hours ago, as a phone sends it. */
export const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

export const VISIT = { kind: 'visit', minutes: 30, place: 'home' } as const;
