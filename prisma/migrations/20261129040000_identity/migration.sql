-- Who signs in from where, by what, and who decided about accounts.
CREATE TABLE "known_places" (
    "user_id" TEXT NOT NULL,
    "place_hash" BYTEA NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_places_pkey" PRIMARY KEY ("user_id","place_hash")
);

CREATE TABLE "used_codes" (
    "user_id" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "used_codes_pkey" PRIMARY KEY ("user_id","code_hash")
);

CREATE TABLE "sign_in_codes" (
    "contact_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_codes_pkey" PRIMARY KEY ("contact_id")
);

CREATE TABLE "setup_links" (
    "token_hash" BYTEA NOT NULL,
    "staff_id" TEXT NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_links_pkey" PRIMARY KEY ("token_hash")
);

CREATE TABLE "account_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staff_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "account_events_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "setup_links_staff_id_idx" ON "setup_links"("staff_id");
CREATE INDEX "account_events_station_id_id_idx" ON "account_events"("station_id", "id");

-- Who was let in, shut out or given a role is a record like the journal.
CREATE TRIGGER account_events_append_only BEFORE UPDATE OR DELETE ON "account_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_events_no_truncate BEFORE TRUNCATE ON "account_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
