/** Asks Temporal where every case stands, until what it says is what the rows say: what is exported is one moment. */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { caseWorkflowId } from '../../domain/ids';
import { STATE_QUERY } from '../../domain/messages';
import type { CaseSeen } from '../../domain/messages';
import type { CaseState } from '../../domain/model';
import { watchIdOf } from '../../domain/reports/watch';
import type { Standing, StateLine } from '../../store/exchange/standing';
import { CliFailure } from '../client';

const AT_ONCE = 10;
/** Reading a workflow that sleeps replays all of its last run. */
const REPLAY_MS = 30_000;

/** Something has moved between the rows and what its workflow says: look at both again. */
export class StatesMoved extends Error {
  override readonly name = 'StatesMoved';
  constructor(readonly numbers: string[]) {
    super(`moved meanwhile: ${numbers.join(' ')}`);
  }
}

export class States {
  private readonly asked = new Map<string, CaseState>();

  constructor(private readonly client: Client) {}

  private async ask({ of, id }: Standing): Promise<CaseState | undefined> {
    const workflowId = caseWorkflowId(of === 'report' ? watchIdOf(id) : id);
    try {
      const { heldUntil: _heldUntil, ...state } = await this.client.withDeadline(Date.now() + REPLAY_MS, () =>
        this.client.workflow.getHandle(workflowId).query<CaseSeen>(STATE_QUERY),
      );
      return state;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
      if (isGrpcServiceError(cause))
        throw new CliFailure(
          'Temporal 或工作进程没有应答 · Temporal does not answer, or no worker does: start the system and try again',
          { cause: error },
        );
      throw error;
    }
  }

  private async one(standing: Standing): Promise<StateLine | { behind: string } | { lost: string }> {
    const { of, id, number, rev, input, lives } = standing;
    const known = this.asked.get(id);
    const asked = known?.seq === rev ? known : await this.ask(standing);
    if (asked) this.asked.set(id, asked);
    if (asked?.seq === rev) return { of, id, seq: rev, state: asked };
    // A report's watch counts on from its rows, as the queue's own audit has it.
    if (of === 'report') return { of, id, seq: rev, state: { ...(asked ?? input.state), seq: rev } };
    // It was reported, nothing has happened since, and its workflow has not begun.
    if (!asked && 'state' in input && input.state.seq === rev) return { of, id, seq: rev, state: input.state };
    if (!asked && !lives) return { of, id, seq: rev, state: null };
    return asked ? { behind: number } : { lost: number };
  }

  /**
   * @throws StatesMoved, and CliFailure for an open case that has no workflow any more: what it knew would be lost
   */
  async of(standings: readonly Standing[]): Promise<StateLine[]> {
    const lines: StateLine[] = [];
    const [behind, lost]: [string[], string[]] = [[], []];
    for (let at = 0; at < standings.length; at += AT_ONCE) {
      for (const one of await Promise.all(standings.slice(at, at + AT_ONCE).map((each) => this.one(each)))) {
        if ('behind' in one) behind.push(one.behind);
        else if ('lost' in one) lost.push(one.lost);
        else lines.push(one);
      }
    }
    if (lost.length > 0)
      throw new CliFailure(
        `案件 ${lost.join(' ')} 没有运行中的流程，请先由巡检或恢复修复 · no workflow runs for these cases: have them mended first (audit, restore)`,
      );
    if (behind.length > 0) throw new StatesMoved(behind);
    return lines;
  }
}
