-- Which files of a service somebody has looked at and found fit for the evaluator (可供评估): nobody is to be known from them.
CREATE TABLE "evidence_marks" (
    "attachment_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "fit" BOOLEAN NOT NULL,
    "marked_by" TEXT NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evidence_marks_pkey" PRIMARY KEY ("attachment_id")
);
CREATE INDEX "evidence_marks_service_id_idx" ON "evidence_marks"("service_id");
