-- Versions of the policy (时限规则) that are proposed by one and published by another, and their journal; figures by receipt.

-- CreateTable
CREATE TABLE "policy_versions" (
    "id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "files" JSONB NOT NULL,
    "hash" BYTEA NOT NULL,
    "replaces" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "proposed_by" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staff_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "draft_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "policy_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "policy_versions_state_proposed_at_idx" ON "policy_versions"("state", "proposed_at");

-- CreateIndex
CREATE INDEX "policy_events_draft_id_id_idx" ON "policy_events"("draft_id", "id");

-- CreateIndex
CREATE INDEX "cases_station_id_received_at_idx" ON "cases"("station_id", "received_at");

-- One version takes the place of another, and a version is published once: two approvals at the same time cannot both hold.
CREATE UNIQUE INDEX "policy_versions_replaces_key" ON "policy_versions"("replaces") WHERE "state" = 'published';
CREATE UNIQUE INDEX "policy_versions_version_key" ON "policy_versions"("version") WHERE "state" = 'published';

-- Whoever proposed it does not publish it, whatever program asks.
ALTER TABLE "policy_versions" ADD CONSTRAINT "policy_versions_two_people"
  CHECK ("state" <> 'published' OR "decided_by" <> "proposed_by");

-- What somebody approved stays what it was: of a row only its fate may change, once.
CREATE FUNCTION keep_policy_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'proposed' OR (NEW.id, NEW.version, NEW.name, NEW.files, NEW.hash, NEW.replaces, NEW.proposed_by, NEW.proposed_at)
    IS DISTINCT FROM (OLD.id, OLD.version, OLD.name, OLD.files, OLD.hash, OLD.replaces, OLD.proposed_by, OLD.proposed_at) THEN
    RAISE EXCEPTION 'a proposed policy is decided once and its text never changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policy_versions_kept BEFORE UPDATE ON "policy_versions" FOR EACH ROW EXECUTE FUNCTION keep_policy_text();
CREATE TRIGGER policy_versions_no_delete BEFORE DELETE ON "policy_versions" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_versions_no_truncate BEFORE TRUNCATE ON "policy_versions" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The journal is append-only for everybody.
CREATE TRIGGER policy_events_append_only BEFORE UPDATE OR DELETE ON "policy_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_events_no_truncate BEFORE TRUNCATE ON "policy_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
