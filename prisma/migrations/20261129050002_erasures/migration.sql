-- Erasure at the end of retention: proposed by the system, approved by two, and the list of what was erased, which only grows.
CREATE TABLE "erasures" (
    "id" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "basis" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "approved_by" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "kept_until" TIMESTAMPTZ(3),
    "reason_id" TEXT,

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "erased_subjects" (
    "subject_id" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_subjects_pkey" PRIMARY KEY ("subject_id")
);

CREATE INDEX "erasures_entity_id_idx" ON "erasures"("entity_id");
CREATE INDEX "erasures_state_idx" ON "erasures"("state", "proposed_at");
CREATE UNIQUE INDEX "erasures_waiting_key" ON "erasures"("entity", "entity_id") WHERE "state" IN ('proposed', 'approved');

CREATE TRIGGER erased_subjects_append_only BEFORE UPDATE OR DELETE ON "erased_subjects" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erased_subjects_no_truncate BEFORE TRUNCATE ON "erased_subjects" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
