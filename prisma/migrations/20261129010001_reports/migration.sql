-- The queue of reports (接报队列): what came in by a public page or from another system, and waits for somebody to look.
CREATE TABLE "report_sources" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "station_id" TEXT,
    "per_minute" INTEGER NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_by" TEXT,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_sources_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "reports" (
    "id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "source_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "looks" TEXT NOT NULL,
    "type" TEXT,
    "risk" TEXT,
    "occurred_at" TIMESTAMPTZ(3),
    "triggers" TEXT[],
    "doubts" TEXT[],
    "subject_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "overdue" BOOLEAN NOT NULL DEFAULT false,
    "alert_id" TEXT,
    "alert_state" TEXT,
    "alert_rung" INTEGER,
    "taken_by" TEXT,
    "taken_at" TIMESTAMPTZ(3),
    "case_id" TEXT,
    "screened_by" TEXT,
    "screened_at" TIMESTAMPTZ(3),
    "operation_id" TEXT,
    "asked_by" TEXT,
    "asked_at" TIMESTAMPTZ(3),
    "reason_id" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "note_id" TEXT,
    "watch" TEXT NOT NULL DEFAULT 'pending',
    "input" JSONB NOT NULL,
    "rev" INTEGER NOT NULL,
    "clock_ahead_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "reports_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "report_events" (
    "id" BIGSERIAL NOT NULL,
    "report_id" TEXT NOT NULL,
    "seq" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "report_events_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "reports_number_key" ON "reports"("number");
CREATE INDEX "reports_station_id_state_due_at_id_idx" ON "reports"("station_id", "state", "due_at", "id");
CREATE INDEX "reports_state_due_at_id_idx" ON "reports"("state", "due_at", "id");
CREATE INDEX "reports_case_id_idx" ON "reports"("case_id");
-- What the sweep looks at: watches that have not begun, or have not ended with their report.
CREATE INDEX "reports_watch_idx" ON "reports"("watch", "received_at") WHERE "watch" <> 'ended';
-- An entry of the watch is written once; what people do has no number.
CREATE UNIQUE INDEX "report_events_report_id_seq_key" ON "report_events"("report_id", "seq");

ALTER TABLE "reports" ADD CONSTRAINT "reports_station_id_fkey" FOREIGN KEY ("station_id") REFERENCES "stations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reports" ADD CONSTRAINT "reports_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "report_sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "report_events" ADD CONSTRAINT "report_events_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "reports"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER report_events_append_only BEFORE UPDATE OR DELETE ON "report_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_events_no_truncate BEFORE TRUNCATE ON "report_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
