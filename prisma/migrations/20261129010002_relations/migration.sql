-- What cases have to do with one another (并案、关联), and children with one another (家庭).
ALTER TABLE "cases" ADD COLUMN "joined_into" TEXT;
CREATE INDEX "cases_joined_into_idx" ON "cases"("joined_into") WHERE "joined_into" IS NOT NULL;

CREATE TABLE "case_links" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "other_id" TEXT NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "case_links_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "households" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "households_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "household_members" (
    "child_id" TEXT NOT NULL,
    "household_id" TEXT NOT NULL,

    CONSTRAINT "household_members_pkey" PRIMARY KEY ("child_id")
);

CREATE INDEX "case_links_other_id_idx" ON "case_links"("other_id");
CREATE INDEX "case_links_case_id_idx" ON "case_links"("case_id");
-- The same is not said twice, whichever of the two cases is named first.
CREATE UNIQUE INDEX "case_links_open_key" ON "case_links"(least("case_id", "other_id"), greatest("case_id", "other_id"), "kind") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "households_station_id_number_key" ON "households"("station_id", "number");
CREATE INDEX "household_members_household_id_idx" ON "household_members"("household_id");

ALTER TABLE "case_links" ADD CONSTRAINT "case_links_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "case_links" ADD CONSTRAINT "case_links_other_id_fkey" FOREIGN KEY ("other_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "household_members" ADD CONSTRAINT "household_members_household_id_fkey" FOREIGN KEY ("household_id") REFERENCES "households"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "household_members" ADD CONSTRAINT "household_members_child_id_fkey" FOREIGN KEY ("child_id") REFERENCES "registered_children"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
