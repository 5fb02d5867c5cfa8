-- Budgets of phones (额度): what may be sent, what was sent, and messages that wait for their turn.
CREATE TABLE "channel_limits" (
    "channel" TEXT NOT NULL,
    "configured" TEXT NOT NULL,
    "override" TEXT,

    CONSTRAINT "channel_limits_pkey" PRIMARY KEY ("channel")
);

CREATE TABLE "phone_budgets" (
    "channel" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "phone_budgets_pkey" PRIMARY KEY ("channel", "phone")
);

CREATE TABLE "phone_uses" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "content" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "phone_uses_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "phone_uses_channel_phone_at_idx" ON "phone_uses"("channel", "phone", "at");
CREATE INDEX "phone_uses_key_idx" ON "phone_uses"("key");

ALTER TABLE "deliveries" ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 2;
ALTER TABLE "deliveries" ADD COLUMN "held_phone" TEXT;
ALTER TABLE "deliveries" ADD COLUMN "held_until" TIMESTAMPTZ(3);
ALTER TABLE "deliveries" ADD COLUMN "bundle" JSONB;
ALTER TABLE "deliveries" ADD COLUMN "bundled_in" TEXT;

-- Only what still waits: these stay small however many messages there were.
CREATE INDEX "deliveries_waiting_person_idx" ON "deliveries"("person_id") WHERE "state" = 'pending';
CREATE INDEX "deliveries_held_phone_idx" ON "deliveries"("held_phone")
    WHERE "held_phone" IS NOT NULL AND "bundled_in" IS NULL AND "state" IN ('pending', 'failed');
CREATE INDEX "deliveries_bundled_in_idx" ON "deliveries"("bundled_in") WHERE "bundled_in" IS NOT NULL;
