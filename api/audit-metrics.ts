/** What the audit found, as figures: read from the database when somebody asks. */
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from 'pino';
import { FINDING_KINDS } from '../domain/audit';
import type { Db } from '../store/db';
import { openCounts, readAuditState } from '../store/findings';

/** Adds the audit's figures to the registry; while the database is away they stand as they were. */
export function auditMetrics({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  const registers = [registry];
  const unread = (error: unknown): void =>
    log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'figures of the audit could not be read');
  const heartbeats = new Gauge({
    name: 'shouwang_heartbeat_failures',
    help: 'Heartbeats to outside that did not arrive, since installation',
    registers,
  });
  const lastClean = new Gauge({
    name: 'shouwang_audit_last_clean_timestamp_seconds',
    help: 'When an audit last found nothing; 0: never',
    registers,
  });
  const lastRun = new Gauge({
    name: 'shouwang_audit_last_run_timestamp_seconds',
    help: 'When an audit last looked at every case; 0: never',
    registers,
  });
  const seconds = (at: Date | null | undefined): number => (at ? at.getTime() / 1000 : 0);
  const findings = new Gauge({
    name: 'shouwang_audit_findings',
    help: 'Findings of the audit that are open now, by kind',
    labelNames: ['kind'] as const,
    registers,
    async collect() {
      try {
        const [counts, state] = await Promise.all([openCounts(db, 'all'), readAuditState(db)]);
        for (const kind of FINDING_KINDS) findings.set({ kind }, counts.get(kind) ?? 0);
        lastClean.set(seconds(state?.lastCleanAt));
        lastRun.set(seconds(state?.lastRunAt));
        heartbeats.set(state?.heartbeatFailures ?? 0);
      } catch (error) {
        unread(error);
      }
    },
  });
}
