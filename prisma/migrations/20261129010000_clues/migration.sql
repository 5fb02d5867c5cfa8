-- The same child (同一儿童): keyed hashes of what two files of one child have in common. Nothing can be read back from them.
CREATE TABLE "child_clues" (
    "ref_id" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "child_clues_pkey" PRIMARY KEY ("ref_id", "kind", "hash")
);

-- One walk finds the newest files of one station, or of all of them, that share a clue.
CREATE INDEX "child_clues_hash_kind_ref_station_id_at_idx" ON "child_clues"("hash", "kind", "ref", "station_id", "at" DESC);

-- Cases that were taken before there were clues, or came in by another way, get theirs from the API's sweep.
ALTER TABLE "cases" ADD COLUMN "clued" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "cases_without_clues_idx" ON "cases"("id") WHERE NOT "clued" AND NOT "drill";
