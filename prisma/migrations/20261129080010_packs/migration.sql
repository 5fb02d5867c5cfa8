-- Evaluation packs (评估资料包): what was asked for, how far it is, and the sealed file until it expires.
CREATE TABLE "packs" (
    "id" TEXT NOT NULL,
    "contract_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "sample" INTEGER NOT NULL,
    "seed" TEXT NOT NULL,
    "asked_by" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "doing" TEXT NOT NULL DEFAULT '',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,
    "bytes" INTEGER,
    "sha256" TEXT,
    "wrapped" BYTEA,
    "kek_id" TEXT,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "packs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "packs_station_id_asked_at_id_idx" ON "packs"("station_id", "asked_at" DESC, "id");

CREATE TABLE "pack_parts" (
    "pack_id" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "pack_parts_pkey" PRIMARY KEY ("pack_id", "n")
);
