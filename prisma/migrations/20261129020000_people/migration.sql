-- Handing over, standing in, moving to another station (交接、代管、移交); partners' directory, and their own sign-in.

-- Who is to take the case, or stands in: { handover, transfer, cover }, ids and times only.
ALTER TABLE "cases" ADD COLUMN "people" JSONB;

-- A station that had the case: what it did stays readable to it, as it was when the case left.
CREATE TABLE "former_stations" (
    "case_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "until_seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "snapshot" JSONB NOT NULL,

    CONSTRAINT "former_stations_pkey" PRIMARY KEY ("case_id", "until_seq")
);
CREATE INDEX "former_stations_station_id_at_idx" ON "former_stations"("station_id", "at" DESC);
CREATE INDEX "cases_transfer_to_idx" ON "cases" (("people"->'transfer'->>'to')) WHERE "people" IS NOT NULL;

CREATE TABLE "covers" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "by_id" TEXT NOT NULL,
    "leave_id" TEXT,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "covers_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "covers_station_id_until_at_idx" ON "covers"("station_id", "until_at");

ALTER TABLE "referrals" ADD COLUMN "accepted_at" TIMESTAMPTZ(3);

ALTER TABLE "partners" ADD COLUMN "area" TEXT;
ALTER TABLE "partners" ADD COLUMN "hours" JSONB;
ALTER TABLE "partners" ADD COLUMN "duties" JSONB;

-- A code asked for by a partner's phone; the code itself is derived and stored nowhere.
CREATE TABLE "partner_sign_ins" (
    "id" TEXT NOT NULL,
    "contact_id" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "partner_sign_ins_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "partner_sign_ins_phone_sent_at_idx" ON "partner_sign_ins"("phone", "sent_at");

CREATE TABLE "partner_sessions" (
    "token_hash" BYTEA NOT NULL,
    "contact_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "partner_sessions_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "referrals_partner_id_sent_at_idx" ON "referrals"("partner_id", "sent_at" DESC);
