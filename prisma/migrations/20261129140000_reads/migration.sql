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
