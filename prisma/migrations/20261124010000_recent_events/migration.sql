-- What was recorded in the last seconds, for screens that are kept up to date.
CREATE INDEX "events_recorded_at_idx" ON "events"("recorded_at");
