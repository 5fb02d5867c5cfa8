-- The roster (值班表): rotations, leaves, overrides and swaps; contacts that count once they are verified.
-- CreateTable
CREATE TABLE "rotations" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "members" TEXT[],
    "shift_days" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "hours" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rotations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leaves" (
    "id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "leaves_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "duty_overrides" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "replaces" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "duty_overrides_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "swaps" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "rotation_id" TEXT NOT NULL,
    "shift" INTEGER NOT NULL,
    "staff_id" TEXT NOT NULL,
    "other_rotation_id" TEXT NOT NULL,
    "other_shift" INTEGER NOT NULL,
    "other_staff_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "swaps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "roster_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staff_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "station_id" TEXT,
    "ref_id" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "roster_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "id" TEXT NOT NULL,
    "staff_id" TEXT,
    "partner_id" TEXT,
    "station_id" TEXT,
    "duty_role" TEXT,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "ord" INTEGER NOT NULL DEFAULT 0,
    "label" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "replaces_id" TEXT,
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "code_round" INTEGER NOT NULL DEFAULT 0,
    "code_sent_at" TIMESTAMPTZ(3),
    "code_tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "roster_feeds" (
    "staff_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "roster_feeds_pkey" PRIMARY KEY ("staff_id")
);

-- CreateIndex
CREATE INDEX "rotations_role_station_id_idx" ON "rotations"("role", "station_id");

-- CreateIndex
CREATE INDEX "leaves_staff_id_until_at_idx" ON "leaves"("staff_id", "until_at");

-- CreateIndex
CREATE INDEX "duty_overrides_role_station_id_until_at_idx" ON "duty_overrides"("role", "station_id", "until_at");

-- CreateIndex
CREATE INDEX "swaps_role_station_id_state_idx" ON "swaps"("role", "station_id", "state");

-- CreateIndex
CREATE INDEX "roster_events_station_id_id_idx" ON "roster_events"("station_id", "id");

-- CreateIndex
CREATE INDEX "contacts_staff_id_idx" ON "contacts"("staff_id");

-- CreateIndex
CREATE INDEX "contacts_partner_id_idx" ON "contacts"("partner_id");

-- CreateIndex
CREATE INDEX "contacts_station_id_duty_role_idx" ON "contacts"("station_id", "duty_role");

-- CreateIndex
CREATE INDEX "contacts_value_idx" ON "contacts"("value");

-- CreateIndex
CREATE UNIQUE INDEX "roster_feeds_token_hash_key" ON "roster_feeds"("token_hash");

-- AddForeignKey
ALTER TABLE "rotations" ADD CONSTRAINT "rotations_station_id_fkey" FOREIGN KEY ("station_id") REFERENCES "stations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leaves" ADD CONSTRAINT "leaves_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "duty_overrides" ADD CONSTRAINT "duty_overrides_station_id_fkey" FOREIGN KEY ("station_id") REFERENCES "stations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "duty_overrides" ADD CONSTRAINT "duty_overrides_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partners"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_station_id_fkey" FOREIGN KEY ("station_id") REFERENCES "stations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A contact has one owner: a person, a partner, or a role at a station.
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_one_owner" CHECK (
  num_nonnulls("staff_id", "partner_id", "station_id") = 1 AND ("station_id" IS NULL) = ("duty_role" IS NULL)
);
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_kind" CHECK ("kind" IN ('phone', 'email'));
-- The same number twice at one owner would be told once and shown twice.
CREATE UNIQUE INDEX "contacts_live" ON "contacts"
  (COALESCE("staff_id", ''), COALESCE("partner_id", ''), COALESCE("station_id", ''), COALESCE("duty_role", ''), "kind", "value")
  WHERE "removed_at" IS NULL;

CREATE TRIGGER roster_events_append_only BEFORE UPDATE OR DELETE ON "roster_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER roster_events_no_truncate BEFORE TRUNCATE ON "roster_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Numbers and mailboxes that were told until now go on being told: they count as verified. The older columns are left to
-- processes of the older version while they end; nothing of this version reads or writes them.
INSERT INTO "contacts" ("id", "staff_id", "kind", "value", "verified_at")
SELECT gen_random_uuid()::text, "id", 'phone', "phone", now() FROM "staff" WHERE "phone" IS NOT NULL
UNION ALL
SELECT gen_random_uuid()::text, "id", 'email', "email", now() FROM "staff" WHERE "email" IS NOT NULL;
INSERT INTO "contacts" ("id", "partner_id", "kind", "value", "verified_at")
SELECT gen_random_uuid()::text, "id", 'phone', "phone", now() FROM "partners" WHERE "phone" IS NOT NULL
UNION ALL
SELECT gen_random_uuid()::text, "id", 'email', "email", now() FROM "partners" WHERE "email" IS NOT NULL;

-- A fixed duty is a rotation of one.
INSERT INTO "rotations" ("id", "station_id", "role", "name", "members", "shift_days", "starts_at", "ends_at")
SELECT "id", "station_id", "role", '固定值班', ARRAY["staff_id"], 7, "starts_at", "ends_at" FROM "duties";
