-- Stations that were taken over from another system (迁入): which cases came along, so that numbers that never were here are not missed.
CREATE TABLE "station_imports" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "product" TEXT NOT NULL,
    "manifest_hash" BYTEA NOT NULL,
    "counted_to" INTEGER NOT NULL,
    "numbers" TEXT[],

    CONSTRAINT "station_imports_pkey" PRIMARY KEY ("id")
);

CREATE TRIGGER station_imports_append_only BEFORE UPDATE OR DELETE ON "station_imports" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER station_imports_no_truncate BEFORE TRUNCATE ON "station_imports" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
