/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import { appendEvents } from '../store/journal';
import { writeProjection } from '../store/projection';
import type { ActivityDeps } from './deps';
import { tellOne } from './tell';

export const createRecord = (deps: ActivityDeps) => ({
  /**
   * Writes what happened and makes the messages, keys before anything is sent. Safe to repeat: entries and deliveries
   * that are there already stay as they are, and the answer is the same.
   * @throws ApplicationFailure CaseUnknown where the case has no row.
   */
  async record(input: RecordInput): Promise<RecordOutput> {
    return deps.db.$transaction(async (tx) => {
      const known = await tx.caseRow.findUnique({ where: { id: input.caseId }, select: { id: true } });
      if (!known) throw ApplicationFailure.retryable(`no row for case ${input.caseId}`, 'CaseUnknown');
      await appendEvents(tx, input.caseId, input.events);
      await writeProjection(tx, input.caseId, input.projection);
      const told: Told[] = [];
      const reached = new Set<string>();
      for (const tell of input.tells) told.push(await tellOne(deps, tx, input, tell, reached));
      return { told };
    });
  },
});
