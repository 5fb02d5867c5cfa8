import { Connection, isGrpcServiceError } from '@temporalio/client';
import type { ApiDeps } from '../../api/deps';
import { conflict, notFound, Problem, unavailable } from '../../api/problem';
import { settleReport } from '../../api/report-watch';
import { watchIdOf } from '../../domain/reports/watch';
import { dataConverter } from '../../runtime/payload-codec';
import { receiptsAwaited } from '../../store/told';
import { CarrierClient } from './carrier-client';
import { moveClock } from './case-clock';

/** gRPC status codes. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

function asProblem(error: unknown): unknown {
  if (!isGrpcServiceError(error)) return error;
  const code: number = error.code;
  if (code === NOT_FOUND) return conflict('CaseClosed', 'the case is closed: its clock stands still');
  if (code === UNIMPLEMENTED || code === INVALID_ARGUMENT) {
    return new Problem(
      501,
      'ClockNotMovable',
      'Not possible here',
      'this Temporal server does not move single clocks',
      {
        cause: error,
      },
    );
  }
  return unavailable(5, 'Temporal does not answer', error);
}

/**
 * A receipt that overtook the answer to its message is looked at again sooner than that; and a carrier that is away, or was told
 * to lose a receipt, is not waited for any longer.
 */
const RECEIPT_WITHIN_MS = 1_500;

/** Two moves of one case at a time would take each other's place: they wait in line. */
const lines = new Map<string, Promise<unknown>>();

async function inLine<T>(caseId: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(caseId) ?? Promise.resolve();
  const mine = before.then(work, work);
  lines.set(caseId, mine);
  try {
    return await mine;
  } finally {
    if (lines.get(caseId) === mine) lines.delete(caseId);
  }
}

/**
 * Moves one case's clock and answers when it has arrived and its messages are out.
 * @param seconds of the case's time
 * @returns how far the case's clock is ahead of the wall now, milliseconds
 * @throws Problem 404 unknown, 409 closed, 503 Temporal away
 */
export function fastForward(deps: ApiDeps, caseId: string, seconds: number): Promise<number> {
  const { db, cases } = deps;
  return inLine(caseId, async () => {
    const row = await db.caseRow.findUnique({ where: { id: caseId }, select: { status: true } });
    if (!row) throw notFound('there is no such case');
    if (row.status === 'closed') throw conflict('CaseClosed', 'the case is closed: its clock stands still');
    if ((await cases.start(caseId)) === 'pending')
      throw unavailable(5, 'the case has not started yet: Temporal is away');
    const aheadMs = await move(deps, caseId, seconds);
    await db.caseRow.update({ where: { id: caseId }, data: { clockAheadMs: BigInt(Math.round(aheadMs)) } });
    return aheadMs;
  });
}

/** The same for a report that waits in the queue (接报队列). */
export function fastForwardReport(deps: ApiDeps, reportId: string, seconds: number): Promise<number> {
  const { db } = deps;
  return inLine(watchIdOf(reportId), async () => {
    const row = await db.report.findUnique({ where: { id: reportId } });
    if (!row) throw notFound('there is no such report');
    await settleReport(deps, row);
    const { watch } = await db.report.findUniqueOrThrow({ where: { id: reportId } });
    if (watch === 'ended') throw conflict('ReportOver', 'the report has been screened: its clock stands still');
    if (watch === 'pending') throw unavailable(5, 'its watch has not started yet: Temporal is away');
    const aheadMs = await move(deps, watchIdOf(reportId), seconds);
    await db.report.update({ where: { id: reportId }, data: { clockAheadMs: BigInt(Math.round(aheadMs)) } });
    return aheadMs;
  });
}

/** Numbers of the messages whose receipts a busy carrier still has to report; a carrier that is away reports none. */
async function receiptsUnderWay({ config }: ApiDeps): Promise<string[]> {
  if (!config.sandbox) return [];
  try {
    return await new CarrierClient(config.sandbox.carrierUrl).receiptsUnderWay();
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

async function move(deps: ApiDeps, caseId: string, seconds: number): Promise<number> {
  const { db, config } = deps;
  const { address, namespace } = config.temporal;
  const connection = Connection.lazy({ address });
  const awaited = async (): Promise<boolean> =>
    receiptsAwaited(db, caseId, RECEIPT_WITHIN_MS, await receiptsUnderWay(deps));
  try {
    const server = { connection, namespace, dataConverter: dataConverter(config.payloadKeys) };
    return await moveClock(server, caseId, seconds, awaited);
  } catch (error) {
    throw asProblem(error);
  } finally {
    await connection.close();
  }
}
