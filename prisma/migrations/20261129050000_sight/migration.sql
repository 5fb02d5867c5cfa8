-- Who may know of a case: restricted to named people, conflicts of interest, break-glass; and what has to be journalled of it.
ALTER TABLE "cases" ADD COLUMN "restricted" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "cases" ADD COLUMN "conflicted" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "case_named" (
    "case_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "added_by" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_named_pkey" PRIMARY KEY ("case_id","staff_id")
);

CREATE TABLE "case_conflicts" (
    "case_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "reason_id" TEXT NOT NULL,
    "added_by" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_conflicts_pkey" PRIMARY KEY ("case_id","staff_id")
);

CREATE TABLE "broken_glass" (
    "id" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "reason_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "broken_glass_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "access_changes" (
    "id" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "staff_id" TEXT,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "journalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_changes_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "cases_restricted_idx" ON "cases"("id") WHERE "restricted" OR "conflicted";
CREATE INDEX "case_named_staff_id_idx" ON "case_named"("staff_id");
CREATE INDEX "case_conflicts_staff_id_idx" ON "case_conflicts"("staff_id");
CREATE INDEX "broken_glass_case_id_staff_id_idx" ON "broken_glass"("case_id", "staff_id");
CREATE INDEX "broken_glass_staff_id_until_idx" ON "broken_glass"("staff_id", "until");
CREATE INDEX "access_changes_journalled_at_idx" ON "access_changes"("journalled_at");

ALTER TABLE "case_named" ADD CONSTRAINT "case_named_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "case_conflicts" ADD CONSTRAINT "case_conflicts_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "broken_glass" ADD CONSTRAINT "broken_glass_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
