/** Puts a referral's page together: opens the link, and of the vault what this partner may know. */
import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { ReferralState } from '../../domain/model';
import { logAccess } from '../../store/access-log';
import { contactOf, readReferral, type WholeReferral } from '../../store/referrals';
import { openedText } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { type ChildField, shownTo } from '../pages/disclosure';
import type { ReferralView } from '../pages/referral';
import { PURPOSE_WORDS, SEX_WORDS } from '../pages/words';
import { gone, notFound } from '../problem';
import { isSandbox } from './page-reply';

const OVER: string[] = ['closed', 'revoked'] satisfies ReferralState[];

/** The referral that a token opens. @throws Problem 404 for an unknown token; 410 when expired, revoked or closed */
export async function openReferralLink(deps: ApiDeps, token: string): Promise<WholeReferral> {
  const found = await deps.links.find('referral', token);
  if (found === 'expired') throw gone('LinkExpired', 'this link has expired');
  if (found === 'revoked') throw gone('LinkRevoked', 'this link was withdrawn');
  const referral = found && (await readReferral(deps.db, found.refId));
  if (!referral || !referral.partner.active || referral.partnerId !== found.personId)
    throw notFound('there is no such link');
  if (OVER.includes(referral.state)) throw gone('ReferralOver', `the referral is ${referral.state}`);
  return referral;
}

function wordsOf(field: ChildField, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  // 2016-03-09 as people write it.
  if (field === 'birthDate') return value.replace(/^(\d{4})-0?(\d+)-0?(\d+)$/, '$1年$2月$3日');
  return field === 'sex' ? (SEX_WORDS[value] ?? value) : value;
}

/** What this partner may know of the child; a declined referral shows nothing any more. Each look is on the record. */
async function childFor(deps: ApiDeps, req: Request, referral: WholeReferral): Promise<[ChildField, string][]> {
  const fields = referral.state === 'declined' ? [] : shownTo(referral.partner.kind, referral.purpose);
  if (fields.length === 0) return [];
  const { child, narrative } = await deps.vault.openCase(deps.db, referral.caseId);
  const known: Record<string, unknown> = { ...(typeof child === 'object' ? child : {}), narrative };
  const action = `referral:read-child/${referral.id}`;
  await logAccess(deps.db, { action, caseId: referral.caseId, allowed: true, address: req.ip, ground: 'referral' });
  return fields.flatMap((field) => {
    const words = wordsOf(field, known[field]);
    return words === undefined ? [] : [[field, words] satisfies [ChildField, string]];
  });
}

/** What our worker wrote for the partner; gone where the referral was declined, or the child's key destroyed. */
async function noteFor(deps: ApiDeps, { noteId, state }: WholeReferral): Promise<string | undefined> {
  if (state === 'declined') return undefined;
  return (await openedText(deps.vault, deps.db, noteId)) ?? undefined;
}

const purposeWords = (purpose: string): string =>
  Object.entries(PURPOSE_WORDS).find(([code]) => code === purpose)?.[1] ?? PURPOSE_WORDS.other;

/** Said at the top, so that who comes back sees what has been done. */
const SAID: Partial<Record<ReferralState, string>> = {
  received: '已确认接收，感谢配合。能否受理，请在规定时间内答复。',
  accepted: '已确认受理，感谢配合。请在规定时间内反馈办理情况。',
  feedback: '已收到反馈，感谢配合。如有新的进展，可继续反馈。',
  declined: '已收到贵单位无法承接的说明，转介单位会另行安排。',
};

/** @param more what this showing adds: a notice, or a refused form */
export async function referralView(
  deps: ApiDeps,
  req: Request<{ token: string }>,
  referral: WholeReferral,
  more: Pick<ReferralView, 'said' | 'refused' | 'fileWords'> = {},
): Promise<ReferralView> {
  const state = referral.state as ReferralState;
  return {
    sandbox: isSandbox(deps),
    path: `/r/${req.params.token}`,
    number: referral.case.number,
    partnerName: referral.partner.name,
    stationName: referral.case.station.name,
    contact: await contactOf(deps.db, referral.case),
    purpose: purposeWords(referral.purpose),
    state,
    sentAt: referral.sentAt.getTime(),
    confirmBy: referral.confirmBy.getTime(),
    receivedAt: referral.receivedAt?.getTime(),
    feedbackBy: referral.feedbackBy?.getTime(),
    acceptedAt: referral.acceptedAt?.getTime(),
    note: await noteFor(deps, referral),
    child: await childFor(deps, req, referral),
    once: randomUUID(),
    said: more.refused ? undefined : SAID[state],
    ...more,
  };
}
