/** The register of referrals (转介台账) as a file: where each stands, and whether its partner answered in time. */
import type { ReferralState } from '../../domain/model';
import type { ListedReferral } from '../../store/referral-list';
import type { ApiDeps } from '../deps';
import { wordFor } from '../paper/screen-words';
import { type Line, namesFor, stationsOf, time } from './names';

export const REFERRAL_HEADING: Line = [
  ...['编号', '工作站', '承办人', '协作单位', '单位类别', '事由', '状态', '发出时间', '应签收', '签收时间', '签收情况'],
  ...['应反馈', '受理时间', '反馈情况'],
];

/** With the partner, and not confirmed. */
const UNCONFIRMED: readonly ReferralState[] = ['sent', 'opened'];
/** Confirmed, and without a word of what was done. */
const UNANSWERED: readonly ReferralState[] = ['received', 'accepted'];
const ANSWERED: readonly ReferralState[] = ['feedback', 'closed'];

/** @param now the case's own time, milliseconds */
export function receiptWord({ state, receivedAt, confirmBy }: Asked, now: number): string {
  if (receivedAt) return receivedAt <= confirmBy ? '按时' : '逾期';
  if (!UNCONFIRMED.includes(state as ReferralState)) return '';
  return confirmBy.getTime() < now ? '逾期未签收' : '待签收';
}

/** @param now the case's own time, milliseconds */
export function feedbackWord({ state, feedbackBy }: Asked, now: number): string {
  if (ANSWERED.includes(state as ReferralState)) return '已反馈';
  if (!UNANSWERED.includes(state as ReferralState)) return '';
  return feedbackBy && feedbackBy.getTime() < now ? '逾期未反馈' : '待反馈';
}
type Asked = Pick<ListedReferral, 'state' | 'receivedAt' | 'confirmBy' | 'feedbackBy'>;

export async function referralLines(deps: ApiDeps, rows: readonly ListedReferral[]): Promise<Line[]> {
  const nameOfStaff = await namesFor(
    deps,
    rows.map((row) => row.case.assigneeId),
  );
  const stations = await stationsOf(deps);
  const wallNow = Date.now();
  return rows.map((row) => {
    const { number, stationId, assigneeId, clockAheadMs } = row.case;
    const now = wallNow + Number(clockAheadMs);
    // Until it is sent (草拟) its two times are of the draft: when it was written, and by when it is to go out.
    const out = row.state !== 'drafted';
    return [
      ...[number, stations.get(stationId) ?? stationId, nameOfStaff(assigneeId)],
      ...[row.partner.name, wordFor(`partner.${row.partner.kind}`, row.partner.kind)],
      ...[wordFor(`purpose.${row.purpose}`, row.purpose), wordFor(`referral.state.${row.state}`, row.state)],
      ...[out ? time(row.sentAt) : '', out ? time(row.confirmBy) : '', time(row.receivedAt), receiptWord(row, now)],
      ...[time(row.feedbackBy), time(row.acceptedAt), feedbackWord(row, now)],
    ];
  });
}
