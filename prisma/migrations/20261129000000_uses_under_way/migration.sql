-- A text that is on its way counts for the phone's limits from now on, whenever now is: the carrier has not counted it yet.
ALTER TABLE "phone_uses" ADD COLUMN "under_way" BOOLEAN NOT NULL DEFAULT false;
