-- Casework (个案文书): papers on versioned forms, what two people wrote at once, and what happened to them.

-- CreateTable
CREATE TABLE "case_papers" (
    "id" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "form_id" TEXT NOT NULL,
    "form_version" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "rev" INTEGER NOT NULL DEFAULT 1,
    "item_id" TEXT NOT NULL,
    "score" INTEGER,
    "most" INTEGER,
    "suggested" TEXT,
    "decided" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_by" TEXT NOT NULL,
    "edited_at" TIMESTAMPTZ(3) NOT NULL,
    "signed_by" TEXT,
    "signed_at" TIMESTAMPTZ(3),
    "pdf_id" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "clocked" BOOLEAN NOT NULL DEFAULT false,
    "reason_id" TEXT,

    CONSTRAINT "case_papers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "paper_copies" (
    "id" TEXT NOT NULL,
    "paper_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    "item_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "paper_copies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "paper_events" (
    "id" BIGSERIAL NOT NULL,
    "paper_id" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staff_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    "about" TEXT,

    CONSTRAINT "paper_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "case_papers_case_id_created_at_idx" ON "case_papers"("case_id", "created_at");
CREATE INDEX "paper_copies_paper_id_idx" ON "paper_copies"("paper_id");
CREATE INDEX "paper_events_paper_id_id_idx" ON "paper_events"("paper_id", "id");

-- Append-only for everybody, like the journal of cases.
CREATE TRIGGER paper_events_append_only BEFORE UPDATE OR DELETE ON "paper_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER paper_events_no_truncate BEFORE TRUNCATE ON "paper_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
