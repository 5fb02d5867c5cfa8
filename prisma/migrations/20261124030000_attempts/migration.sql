-- Which provider a delivery was handed to, every try, every reply, what is broken, and robots of groups.
ALTER TABLE "deliveries" ADD COLUMN "provider" TEXT;

CREATE TABLE "delivery_attempts" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "provider" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "ms" INTEGER NOT NULL,

    CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alert_replies" (
    "id" BIGSERIAL NOT NULL,
    "alert_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_replies_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "delivery_faults" (
    "provider" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "delivery_faults_pkey" PRIMARY KEY ("provider","code","subject")
);

CREATE TABLE "robots" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "kek_id" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "robots_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "delivery_attempts_key_n_idx" ON "delivery_attempts"("key", "n");
CREATE INDEX "alert_replies_alert_id_idx" ON "alert_replies"("alert_id");
CREATE INDEX "robots_station_id_kind_idx" ON "robots"("station_id", "kind");
ALTER TABLE "robots" ADD CONSTRAINT "robots_station_id_fkey" FOREIGN KEY ("station_id") REFERENCES "stations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was tried and answered is a record like the journal.
CREATE TRIGGER delivery_attempts_append_only BEFORE UPDATE OR DELETE ON "delivery_attempts" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delivery_attempts_no_truncate BEFORE TRUNCATE ON "delivery_attempts" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_replies_append_only BEFORE UPDATE OR DELETE ON "alert_replies" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_replies_no_truncate BEFORE TRUNCATE ON "alert_replies" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
