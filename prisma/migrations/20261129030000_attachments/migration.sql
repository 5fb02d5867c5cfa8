-- Attachments (附件), uploads under way, and what happened to attachments.

-- CreateTable
CREATE TABLE "attachments" (
    "id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "case_id" TEXT,
    "subject_id" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "blob_key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "clean_size" INTEGER NOT NULL,
    "thumb_size" INTEGER,
    "width" INTEGER,
    "height" INTEGER,
    "added_by_kind" TEXT NOT NULL,
    "added_by" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "withdrawn_by" TEXT,
    "reason_id" TEXT,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "attachments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attachment_stages" (
    "blob_key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attachment_stages_pkey" PRIMARY KEY ("blob_key")
);

-- CreateTable
CREATE TABLE "attachment_events" (
    "id" BIGSERIAL NOT NULL,
    "attachment_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "proof" BYTEA,
    "reason_id" TEXT,

    CONSTRAINT "attachment_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "attachments_blob_key_key" ON "attachments"("blob_key");
CREATE INDEX "attachments_owner_kind_owner_id_added_at_idx" ON "attachments"("owner_kind", "owner_id", "added_at");
CREATE INDEX "attachments_subject_id_idx" ON "attachments"("subject_id");
CREATE INDEX "attachment_stages_at_idx" ON "attachment_stages"("at");
CREATE INDEX "attachment_events_attachment_id_id_idx" ON "attachment_events"("attachment_id", "id");

-- What happened to evidence is append-only for everybody, like the journal of cases.
CREATE TRIGGER attachment_events_append_only BEFORE UPDATE OR DELETE ON "attachment_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attachment_events_no_truncate BEFORE TRUNCATE ON "attachment_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
