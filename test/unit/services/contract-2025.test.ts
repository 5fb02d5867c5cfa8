/** The contract of 2025 as the city's plan has it (station-brief: what the evaluator counts), figure by figure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Indicator, UNIT_NAMES } from '../../../domain/services/contract';
import { parseContract } from '../../../domain/services/contract-file';
import { SERVICE_KINDS } from '../../../domain/services/kinds';
import { dateOf } from '../../../domain/services/term';

const FILE = join(__dirname, '../../../policies/contracts/xinhua-2025.yaml');
const contract = parseContract(readFileSync(FILE, 'utf8'), FILE);

const of = (part: Indicator['part']): Indicator[] => contract.indicators.filter((one) => one.part === part);
/** `社区活动 ≥ 10 次` */
const said = ({ name, target, unit }: Indicator): string =>
  unit === 'rate' ? `${name} ${target === 100 ? '' : '≥ '}${target} %` : `${name} ≥ ${target} ${UNIT_NAMES[unit]}`;
/** Whom and what counts, in one line. */
function rule({ count }: Indicator): string {
  switch (count.from) {
    case 'staff':
      return `posts ${count.post ?? 'any'} of ${count.roles.join(' and ')}, each person once`;
    case 'intake':
      return `cases received with ${count.steps.join(' and ')} in time, each case once`;
    case 'satisfaction':
      return 'satisfied answers of all valid ones';
    default: {
      const cases = count.cases === undefined ? '' : ' and cases';
      return `${count.kinds.join(', ')}${cases}, ${count.each}`;
    }
  }
}

test('the eight indicators', () => {
  expect(of('output').map((one, i) => `${i + 1} ${said(one)}`)).toEqual([
    '1 专职社工 ≥ 3 人', // full-time social workers
    '2 个案服务人数 ≥ 10 人', // persons served by casework
    '3 小组 ≥ 5 个', // groups
    '4 社区活动 ≥ 10 次', // community events
    '5 探访 ≥ 260 人次', // visits, person-times a year
    '6 服务保障率 100 %', // every child who needs the station is received
    '7 直接受益 ≥ 1500 人次', // direct beneficiaries
    '8 服务对象满意度 ≥ 90 %', // satisfaction of the minors served
  ]);
});

test('the four performance targets', () => {
  expect(of('performance').map(said)).toEqual([
    '儿童福利社工 ≥ 2 人',
    '个案或小组服务 ≥ 7 次',
    '接待保障率 100 %',
    '未成年人满意度 ≥ 90 %',
  ]);
});

test('whom and what each counts, once or each time', () => {
  const served = SERVICE_KINDS.filter((kind) => !['supervision', 'staff_training', 'satisfaction'].includes(kind));
  const guarantee = 'cases received with acknowledge in time, each case once';
  expect(contract.indicators.map((one) => [one.name, rule(one)])).toEqual([
    ['专职社工', 'posts full_time of social_worker and supervisor, each person once'],
    ['个案服务人数', 'casework and cases, person'],
    ['小组', 'group_session, group'],
    ['社区活动', 'community_event, session'],
    ['探访', 'visit, home_visit, person_time'],
    ['服务保障率', guarantee],
    ['直接受益', `${served.join(', ')} and cases, person_time`],
    ['服务对象满意度', 'satisfied answers of all valid ones'],
    ['儿童福利社工', 'posts child_welfare of social_worker and supervisor, each person once'],
    ['个案或小组服务', 'casework, group_session and cases, session'],
    ['接待保障率', guarantee],
    ['未成年人满意度', 'satisfied answers of all valid ones'],
  ]);
});

test('term, evaluations and money', () => {
  const { term, evaluations, budget, payments, buyer, stationId } = contract;
  expect([dateOf(term.fromDay), dateOf(term.toDay)]).toEqual(['2025-03-01', '2025-11-30']);
  expect(evaluations.map(({ name, day }) => `${name} ${dateOf(day)}`)).toEqual([
    '中期评估 2025-06-30',
    '末期评估 2025-11-15',
  ]);
  // The plan names 200,000 yuan for the station and no instalments.
  expect({ budget, payments, buyer, stationId }).toEqual({
    ...{ budget: 200_000, payments: [], buyer: '民政局', stationId: 'xinhua' },
  });
});
