-- Services (服务记录), the register of children (在册儿童), groups (小组), and their journal.

-- CreateTable
CREATE TABLE "registered_children" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "identity" BYTEA,
    "entered_by" TEXT NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "left_at" TIMESTAMPTZ(3),
    "rev" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "registered_children_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registered_child_cases" (
    "case_id" TEXT NOT NULL,
    "child_id" TEXT NOT NULL,

    CONSTRAINT "registered_child_cases_pkey" PRIMARY KEY ("case_id")
);

-- CreateTable
CREATE TABLE "service_groups" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "theme" TEXT NOT NULL,
    "entered_by" TEXT NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "service_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "services" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "minutes" INTEGER NOT NULL,
    "place" TEXT NOT NULL,
    "title" TEXT,
    "group_id" TEXT,
    "case_id" TEXT,
    "staff_ids" TEXT[],
    "child_ids" TEXT[],
    "head_count" INTEGER NOT NULL,
    "answers" INTEGER,
    "satisfied" INTEGER,
    "note_id" TEXT,
    "entered_by" TEXT NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "rev" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "services_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_events" (
    "id" BIGSERIAL NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staff_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "reason_id" TEXT,

    CONSTRAINT "service_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posts" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "full_time" BOOLEAN NOT NULL,
    "child_welfare" BOOLEAN NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "entered_by" TEXT NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "posts_station_id_starts_at_idx" ON "posts"("station_id", "starts_at");
CREATE UNIQUE INDEX "registered_children_station_id_number_key" ON "registered_children"("station_id", "number");
CREATE UNIQUE INDEX "registered_children_station_id_identity_key" ON "registered_children"("station_id", "identity");
CREATE INDEX "registered_child_cases_child_id_idx" ON "registered_child_cases"("child_id");
CREATE INDEX "service_groups_station_id_id_idx" ON "service_groups"("station_id", "id");
CREATE INDEX "services_station_id_at_id_idx" ON "services"("station_id", "at" DESC, "id");
CREATE INDEX "services_group_id_idx" ON "services"("group_id");
CREATE INDEX "services_child_ids_idx" ON "services" USING GIN ("child_ids");
CREATE INDEX "service_events_entity_entity_id_id_idx" ON "service_events"("entity", "entity_id", "id");

-- How many were served: children and head count; casework on a case without a registered child serves its one.
ALTER TABLE "services" ADD COLUMN "people" INTEGER NOT NULL
  GENERATED ALWAYS AS (greatest(cardinality("child_ids") + "head_count", ("case_id" IS NOT NULL)::int)) STORED;

-- What figures are counted from, without the records that were withdrawn: one walk through the index.
CREATE INDEX "services_counted_idx" ON "services"("station_id", "kind", "at") INCLUDE ("people", "answers", "satisfied")
  WHERE "withdrawn_at" IS NULL;

-- The journal of services is append-only for everybody, like that of cases.
CREATE TRIGGER service_events_append_only BEFORE UPDATE OR DELETE ON "service_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_events_no_truncate BEFORE TRUNCATE ON "service_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
