-- Lists at a hundred thousand cases: each order that a list is walked in has its index.

-- A part of a case number.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "cases_number_parts_idx" ON "cases" USING gin ("number" gin_trgm_ops);

-- All cases of a station, or of all stations, soonest deadline first.
CREATE INDEX "cases_station_id_next_due_at_id_idx" ON "cases"("station_id", "next_due_at", "id");
CREATE INDEX "cases_next_due_at_id_idx" ON "cases"("next_due_at", "id");

-- What somebody has to do, and what nobody has taken on yet.
DROP INDEX "cases_assignee_id_status_idx";
CREATE INDEX "cases_assignee_id_next_due_at_id_idx" ON "cases"("assignee_id", "next_due_at", "id");

-- Steps for which more time is asked: a few at any time.
CREATE INDEX "steps_extension_asked_idx" ON "steps"("due_at") WHERE "extension" IS NOT NULL;

-- Alerts, newest first, of one state or of all.
DROP INDEX "alerts_state_opened_at_idx";
CREATE INDEX "alerts_state_opened_at_id_idx" ON "alerts"("state", "opened_at" DESC, "id");
CREATE INDEX "alerts_opened_at_id_idx" ON "alerts"("opened_at" DESC, "id");

-- Rows of one case lie together, so a sample of pages sees few cases and takes each for thousands of rows: plans that walk a
-- whole table follow from that. A case has ten steps and more, two alerts, twenty entries and more.
ALTER TABLE "steps" ALTER COLUMN "case_id" SET (n_distinct = -0.1);
ALTER TABLE "alerts" ALTER COLUMN "case_id" SET (n_distinct = -0.5);
ALTER TABLE "events" ALTER COLUMN "case_id" SET (n_distinct = -0.05);
