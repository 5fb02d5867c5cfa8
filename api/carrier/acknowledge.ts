/** Acknowledgements by text and by a key on the phone: on disk first, then to the case, for as long as that takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import { isFailureType } from '../../domain/failures';
import { makeLateText } from '../../store/help-texts';
import { repeat, type Repeated } from '../../runtime/repeat';
import { keepReply, settleReply, waitingReplies, type KeptAcknowledgement } from '../../store/reply-inbox';
import type { ApiDeps } from '../deps';

export type AckDeps = Pick<ApiDeps, 'db' | 'cases' | 'log'> & { replies: Counter<'result'> };

/** What waits because a case was out of reach is said to it again this often, in milliseconds. */
const AGAIN_MS = 3_000;
/** The carrier is answered no later than this: what is on disk will be said to the case without it. */
const ANSWER_WITHIN_MS = 2_000;

export interface Acknowledger {
  /** Returns once it is on disk and, if that is quick, once the case has answered. */
  take(kept: KeptAcknowledgement): Promise<void>;
  /** Says again and again what waits, whichever copy of the API took it. */
  sweep(): Repeated;
}

/** Does a refusal mean that there is nothing left to acknowledge? */
function isOver(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  return typeof type === 'string' && isFailureType(type);
}

/** Acknowledges for whoever replied or pressed a key, for as long as that takes. */
export function createAcknowledger(deps: AckDeps): Acknowledger {
  const { db, cases, log, replies } = deps;

  async function say(kept: KeptAcknowledgement): Promise<void> {
    const { operationId, said } = kept;
    const { caseId, alertId, personId, via, code } = said;
    try {
      const actor = { kind: 'staff', id: personId } as const;
      await cases.command(caseId, { actor, do: 'acknowledge', alertId, via }, operationId);
      await settleReply(db, kept, 'acknowledged');
      replies.inc({ result: 'acknowledged' });
      log.info({ caseId, alertId, personId, via }, 'acknowledged');
    } catch (error) {
      if (!isOver(error)) throw error;
      replies.inc({ result: 'late' });
      log.info({ caseId, alertId, personId, via }, 'acknowledgement came late');
      if (code !== undefined) await makeLateText(db, { caseId, alertId, personId, code });
      await settleReply(db, kept, 'late');
    }
  }

  async function tryNow(kept: KeptAcknowledgement): Promise<void> {
    try {
      await say(kept);
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      log.warn({ caseId: kept.said.caseId, operationId: kept.operationId, failure }, 'acknowledgement waits');
    }
  }

  async function sweep(): Promise<void> {
    for (const kept of await waitingReplies(db)) await tryNow(kept);
  }

  return {
    async take(kept) {
      if (!(await keepReply(db, kept))) {
        replies.inc({ result: 'repeated' });
        return;
      }
      await Promise.race([tryNow(kept), sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
    },
    sweep: () =>
      repeat(AGAIN_MS, sweep, (error) =>
        log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'acknowledgements cannot be read'),
      ),
  };
}
