import { Client, Connection } from '@temporalio/client';
import { auditScheduleId, digestScheduleId, paceScheduleId, retentionScheduleId } from '../../worker/schedules';

const PATIENCE_MS = 10_000;

/**
 * Removes the Schedules of a worker that has stopped from the Temporal that all suites share, and ends what they have begun:
 * each would go on starting its workflow, all at the same full minute, and nobody works for that queue any more. What is not
 * there is fine, and what cannot be removed now fails no test.
 */
export async function removeSchedules(temporal: {
  address: string;
  namespace: string;
  taskQueue: string;
}): Promise<void> {
  const { address, namespace, taskQueue } = temporal;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const remove = async (id: string): Promise<void> => {
    const schedule = client.schedule.getHandle(id);
    const { info } = await schedule.describe();
    await schedule.delete();
    // Temporal adds the time to the ids of what a Schedule starts.
    for (const { workflow } of info.runningActions)
      await client.workflow.getHandle(workflow.workflowId).terminate('its suite is over');
  };
  const ids = [auditScheduleId, digestScheduleId, paceScheduleId, retentionScheduleId].map((idOf) => idOf(taskQueue));
  try {
    await client.withDeadline(Date.now() + PATIENCE_MS, () => Promise.allSettled(ids.map(remove)));
  } finally {
    await connection.close();
  }
}
