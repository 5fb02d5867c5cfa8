/**
 * The made-up field (演示数据): one bureau, two stations, their staff and the partners. The people are named after the
 * solar terms (节气), the numbers are none that anybody has been given, and .invalid is no domain.
 */
import type { Role } from '../../api/permissions';

export interface MadeUpStation {
  id: string;
  name: string;
  bureau: boolean;
}

export interface MadeUpPerson {
  /** Name of the sign-in, and the id of the member of staff. */
  username: string;
  name: string;
  role: Role;
  stationId: string;
  phone: string;
  /** Role on the roster (值班); absent: not on it. */
  duty?: 'worker' | 'supervisor' | 'duty_officer';
}

export interface MadeUpPartner {
  id: string;
  kind: string;
  name: string;
  phone: string;
  /** Of a second person there (第二联系人). */
  second?: string;
  /** What the law asks of it (法定职责). */
  duties?: { law: string; article: string; duty: string }[];
}

export const STATIONS: readonly MadeUpStation[] = [
  { id: 'bureau', name: '清河区民政局（演示）', bureau: true },
  { id: 'xinhua', name: '新华西路社区未成年人保护工作站', bureau: false },
  { id: 'donghu', name: '东湖街道未成年人保护工作站', bureau: false },
];

/** Distinct mainland mobile numbers out of 138 0000 0000–9999. */
const phone = (n: number): string => `+861380000${String(n).padStart(4, '0')}`;

const worker = (username: string, name: string, stationId: string, n: number): MadeUpPerson => ({
  username,
  name,
  role: 'social_worker',
  stationId,
  phone: phone(n),
  duty: 'worker',
});
const supervisor = (username: string, name: string, stationId: string, n: number): MadeUpPerson => ({
  ...worker(username, name, stationId, n),
  role: 'supervisor',
  duty: 'supervisor',
});
const officer = (username: string, name: string, n: number): MadeUpPerson => ({
  ...worker(username, name, 'bureau', n),
  role: 'duty_officer',
  duty: 'duty_officer',
});
const office = (username: string, name: string, role: 'admin' | 'evaluator', n: number): MadeUpPerson => ({
  username,
  name,
  role,
  stationId: 'bureau',
  phone: phone(n),
});

export const PEOPLE: readonly MadeUpPerson[] = [
  worker('xinhua_worker1', '林立春', 'xinhua', 1101),
  worker('xinhua_worker2', '周谷雨', 'xinhua', 1102),
  supervisor('xinhua_supervisor', '陈立夏', 'xinhua', 1103),
  worker('donghu_worker1', '许小满', 'donghu', 1201),
  worker('donghu_worker2', '沈芒种', 'donghu', 1202),
  supervisor('donghu_supervisor', '韩立秋', 'donghu', 1203),
  officer('duty1', '苏白露', 1301),
  officer('duty2', '秦寒露', 1302),
  office('admin', '何立冬', 'admin', 1303),
  office('evaluator', '江小雪', 'evaluator', 1304),
];

/** Weekly turns, handed over on Mondays at nine, beside the fixed duties: everybody is told, and the calendar shows turns. */
export const ROTATIONS = [
  {
    id: 'turns-xinhua-worker',
    stationId: 'xinhua',
    role: 'worker',
    name: '社工周轮值',
    members: ['xinhua_worker1', 'xinhua_worker2'],
    shiftDays: 7,
  },
  {
    id: 'turns-bureau-duty_officer',
    stationId: 'bureau',
    role: 'duty_officer',
    name: '民政局周轮值',
    members: ['duty1', 'duty2'],
    shiftDays: 7,
  },
] as const;

export const PARTNERS: readonly MadeUpPartner[] = [
  {
    ...{ id: 'police-qinghe', kind: 'police', name: '清河区公安分局新华派出所（演示）', phone: phone(2001) },
    duties: [
      { law: '未成年人保护法', article: '第十一条', duty: '依法及时受理、处置，并将处理结果告知相关单位和人员' },
    ],
  },
  { id: 'school-xinhua', kind: 'school', name: '新华路实验小学（演示）', phone: phone(2002) },
  { id: 'hospital-qinghe', kind: 'hospital', name: '清河区人民医院（演示）', phone: phone(2003), second: phone(2013) },
  { id: 'civil-affairs-qinghe', kind: 'civil_affairs', name: '清河区民政局儿童福利科（演示）', phone: phone(2004) },
  { id: 'womens-federation-qinghe', kind: 'womens_federation', name: '清河区妇女联合会（演示）', phone: phone(2005) },
  { id: 'procuratorate-qinghe', kind: 'procuratorate', name: '清河区人民检察院（演示）', phone: phone(2006) },
  { id: 'court-qinghe', kind: 'court', name: '清河区人民法院（演示）', phone: phone(2007) },
];

/** A mailbox that no mail can leave the machine for. */
export const mailboxOf = (id: string): string => `${id.replaceAll('_', '.')}@shouwang.invalid`;
