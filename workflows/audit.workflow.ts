/** One audit (巡检), begun by a Schedule every minute: clocks, everything that is open, and the heartbeat where all is well. */
import { proxyActivities } from '@temporalio/workflow';
import type { AuditActivities } from '../activities/audit';
import { skewOf } from '../domain/audit';

// An audit that cannot be done is over soon: the next one is a minute away, and the heartbeat is missed outside.
const { readClocks, heartbeat } = proxyActivities<AuditActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumAttempts: 2 },
});
const { audit } = proxyActivities<AuditActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 2 },
});

export async function auditWorkflow(): Promise<void> {
  const before = Date.now();
  const clocks = await readClocks();
  const at = Date.now();
  const skews = {
    worker: skewOf({ before, shown: clocks.worker, after: at }),
    database: skewOf({ before, shown: clocks.database, after: at }),
  };
  const { clean } = await audit({ at, skews });
  if (clean) await heartbeat({ at });
}
