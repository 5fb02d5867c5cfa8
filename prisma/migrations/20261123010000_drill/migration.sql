-- A drill (演练) is a case like any other but for this mark.
ALTER TABLE "cases" ADD COLUMN "drill" BOOLEAN NOT NULL DEFAULT false;
