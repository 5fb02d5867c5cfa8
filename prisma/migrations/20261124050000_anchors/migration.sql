-- Why a look was allowed.
ALTER TABLE "access_log" ADD COLUMN "ground" TEXT;

CREATE INDEX "access_log_at_idx" ON "access_log"("at");

-- CreateTable
CREATE TABLE "anchors" (
    "day" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "prev_hash" BYTEA NOT NULL,
    "count" INTEGER NOT NULL,
    "access_last" BIGINT NOT NULL,
    "access_count" INTEGER NOT NULL,
    "access_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "seal" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,

    CONSTRAINT "anchors_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "anchor_heads" (
    "day" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "anchor_heads_pkey" PRIMARY KEY ("day","case_id")
);

-- CreateTable
CREATE TABLE "access_findings" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "who" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_findings_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "anchor_heads_case_id_seq_idx" ON "anchor_heads"("case_id", "seq");

-- CreateIndex
CREATE INDEX "access_findings_found_at_idx" ON "access_findings"("found_at");

-- AddForeignKey
ALTER TABLE "anchor_heads" ADD CONSTRAINT "anchor_heads_day_fkey" FOREIGN KEY ("day") REFERENCES "anchors"("day") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER anchors_append_only BEFORE UPDATE OR DELETE ON "anchors" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER anchors_no_truncate BEFORE TRUNCATE ON "anchors" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER anchor_heads_append_only BEFORE UPDATE OR DELETE ON "anchor_heads" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER anchor_heads_no_truncate BEFORE TRUNCATE ON "anchor_heads" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_findings_append_only BEFORE UPDATE OR DELETE ON "access_findings" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_findings_no_truncate BEFORE TRUNCATE ON "access_findings" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
