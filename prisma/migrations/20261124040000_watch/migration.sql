-- Who watches the watch (巡检): what was found, messages that belong to no case, and the indexes that make looking cheap.
-- CreateTable
CREATE TABLE "notices" (
    "key" TEXT NOT NULL,
    "deliver_by" TIMESTAMPTZ(3) NOT NULL,
    "held_until" TIMESTAMPTZ(3),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_findings" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "case_id" TEXT,
    "station_id" TEXT,
    "step_id" TEXT,
    "alert_id" TEXT,
    "drill" BOOLEAN NOT NULL DEFAULT false,
    "repair" TEXT NOT NULL,
    "first_seen" TIMESTAMPTZ(3) NOT NULL,
    "last_seen" TIMESTAMPTZ(3) NOT NULL,
    "repaired_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_findings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_state" (
    "id" TEXT NOT NULL,
    "last_run_at" TIMESTAMPTZ(3),
    "last_clean_at" TIMESTAMPTZ(3),
    "last_heartbeat_at" TIMESTAMPTZ(3),
    "heartbeat_failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "audit_state_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_findings_first_seen_id_idx" ON "audit_findings"("first_seen", "id");

-- CreateIndex
CREATE INDEX "audit_findings_station_id_first_seen_idx" ON "audit_findings"("station_id", "first_seen");

-- Of each kind and subject one finding is open at a time.
CREATE UNIQUE INDEX "audit_findings_open_key" ON "audit_findings"("kind", "ref") WHERE "resolved_at" IS NULL;

-- What the audit looks for is rare among very many rows that are as they should be.
CREATE INDEX "steps_open_due_at_idx" ON "steps"("due_at") WHERE "state" NOT IN ('done', 'cancelled');
CREATE INDEX "alerts_standing_next_at_idx" ON "alerts"("next_at") WHERE "state" <> 'resolved';
CREATE INDEX "alerts_standing_step_idx" ON "alerts"("case_id", "step_id") WHERE "state" <> 'resolved';
CREATE INDEX "deliveries_unfinished_idx" ON "deliveries"("created_at") WHERE "state" IN ('pending', 'sending');
CREATE INDEX "cases_ahead_idx" ON "cases"("clock_ahead_ms") WHERE "clock_ahead_ms" > 0;
