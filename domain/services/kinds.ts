/** The kinds of service that a station records (服务记录), and what each record has to say. */

export const SERVICE_KINDS = [
  'visit',
  'home_visit',
  'counselling',
  'homework_help',
  'daily_care',
  'casework',
  'group_session',
  'community_event',
  'publicity_training',
  'supervision',
  'staff_training',
  'satisfaction',
] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** Where it took place. A word of its own: an address may be a child's home and belongs into the sealed note. */
export const PLACES = ['station', 'home', 'school', 'community', 'outdoors', 'phone', 'elsewhere'] as const;
export type Place = (typeof PLACES)[number];

/** What a group (小组) is about. */
export const GROUP_THEMES = ['arts', 'music_dance', 'sports', 'environment', 'law', 'other'] as const;

interface KindRule {
  name: string;
  /** Whom it serves: children known by the register or a case, anybody who came, nobody but staff, or answers on paper. */
  serves: 'known' | 'anybody' | 'staff' | 'answers';
  /** A public name such as 六一游园会 is asked for. */
  titled: boolean;
}

export const KIND_RULES: Record<ServiceKind, KindRule> = {
  visit: { name: '走访', serves: 'anybody', titled: false },
  home_visit: { name: '家庭访问', serves: 'anybody', titled: false },
  counselling: { name: '心理辅导', serves: 'anybody', titled: false },
  homework_help: { name: '课业辅导', serves: 'anybody', titled: false },
  daily_care: { name: '日常照料', serves: 'anybody', titled: false },
  casework: { name: '个案服务', serves: 'known', titled: false },
  group_session: { name: '小组活动', serves: 'anybody', titled: false },
  community_event: { name: '社区活动', serves: 'anybody', titled: true },
  publicity_training: { name: '宣传培训', serves: 'anybody', titled: true },
  supervision: { name: '督导', serves: 'staff', titled: false },
  staff_training: { name: '员工培训', serves: 'staff', titled: false },
  satisfaction: { name: '满意度调查', serves: 'answers', titled: false },
};

export const PLACE_NAMES: Record<Place, string> = {
  station: '工作站',
  home: '家中',
  school: '学校',
  community: '社区',
  outdoors: '户外',
  phone: '电话',
  elsewhere: '其他',
};

/** What of a record decides whether it is whole; times and ids are checked by whoever knows the clock and the station. */
export interface ServiceFacts {
  kind: ServiceKind;
  title?: string | null;
  groupId?: string | null;
  caseId?: string | null;
  /** Registered children (在册儿童), each once. */
  childIds: readonly string[];
  /** Beneficiaries beside the registered children. */
  headCount: number;
  /** Valid answers on paper (有效问卷), and those that were satisfied. */
  answers?: number | null;
  satisfied?: number | null;
}

export interface FieldProblem {
  path: string;
  message: string;
}

/** A run of digits as long as a telephone number has no place in a name that everybody reads. */
const LONG_NUMBER = /\d{7,}/;

function titleProblems({ kind, title }: ServiceFacts): FieldProblem[] {
  if (!title)
    return KIND_RULES[kind].titled ? [{ path: 'title', message: 'is needed: the public name of the event' }] : [];
  const long = LONG_NUMBER.test(title.normalize('NFKC'));
  return long ? [{ path: 'title', message: 'must not hold a telephone or identity number: everybody reads it' }] : [];
}

function servedProblems({ kind, childIds, headCount, caseId }: ServiceFacts): FieldProblem[] {
  const people = childIds.length + headCount;
  switch (KIND_RULES[kind].serves) {
    case 'known':
      if (headCount > 0) return [{ path: 'headCount', message: 'must be 0: casework is for children known by name' }];
      return people > 0 || caseId ? [] : [{ path: 'childIds', message: 'needs a registered child, or a caseId' }];
    case 'anybody':
      return people > 0 ? [] : [{ path: 'headCount', message: 'needs a registered child or a head count' }];
    default:
      return people === 0
        ? []
        : [{ path: 'headCount', message: 'must be 0, and childIds empty: this serves no child' }];
  }
}

function answerProblems({ kind, answers, satisfied }: ServiceFacts): FieldProblem[] {
  if (KIND_RULES[kind].serves !== 'answers') {
    const given = answers != null || satisfied != null;
    return given ? [{ path: 'answers', message: 'goes with kind satisfaction only' }] : [];
  }
  if (answers == null || answers < 1) return [{ path: 'answers', message: 'is needed: how many valid answers' }];
  if (satisfied == null) return [{ path: 'satisfied', message: 'is needed: how many of them were satisfied' }];
  return satisfied <= answers ? [] : [{ path: 'satisfied', message: 'must not be more than answers' }];
}

/** Everything by which a record is not whole; empty where it is. Pure. */
export function recordProblems(facts: ServiceFacts): FieldProblem[] {
  const { kind, groupId, caseId } = facts;
  const grouped = kind === 'group_session';
  const kept = kind === 'supervision' || kind === 'staff_training' || kind === 'satisfaction';
  return [
    ...titleProblems(facts),
    ...servedProblems(facts),
    ...answerProblems(facts),
    ...(grouped && !groupId ? [{ path: 'groupId', message: 'is needed: the series that it belongs to' }] : []),
    ...(!grouped && groupId ? [{ path: 'groupId', message: 'goes with kind group_session only' }] : []),
    ...(kept && caseId ? [{ path: 'caseId', message: 'goes with a service to a child only' }] : []),
  ];
}

/** After this long only a supervisor corrects a record, also one's own (补正). Milliseconds. */
export const OWN_CORRECTION_MS = 24 * 3_600_000;

/** May this person change the record now? Who entered it, for a day; whoever corrects, always. */
export const mayCorrect = (
  record: { enteredBy: string; enteredAt: number },
  who: { staffId: string; corrects: boolean },
  at: number,
): boolean => who.corrects || (record.enteredBy === who.staffId && at - record.enteredAt < OWN_CORRECTION_MS);
