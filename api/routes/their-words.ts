/**
 * Two people do the same to a case, each with words of their own (各自的说明): it is done once, and the words of both are kept.
 */
import type { Request } from 'express';
import type { WholeCase } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { carryOut, seal } from './case-access';

interface Words {
  /** What was written with this request. */
  text: string | undefined;
  /** The vault's entry of the words that stand for what was done; absent: it was done without any. */
  standing: string | null | undefined;
  /** The step that it was done to. */
  stepId?: string;
}

/**
 * Keeps what the second one wrote as a note. The words that stand already are a repetition, and change nothing.
 * @param row the case after it was done
 * @returns the case with the note, or as it was
 */
export async function withTheirWords(
  deps: ApiDeps,
  req: Request,
  row: WholeCase,
  { text, standing, stepId }: Words,
): Promise<WholeCase> {
  if (text === undefined || standing === req.operationId) return row;
  if (standing && (await deps.vault.openItem(deps.db, standing)) === text) return row;
  const noteId = operationIdOf({ caller: req.operationId, key: 'note' });
  await seal(deps, row, 'note', text, noteId);
  return carryOut(deps, req, row.id, { do: 'add_note', stepId, noteId }, noteId);
}
