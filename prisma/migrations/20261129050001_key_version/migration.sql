-- Which of a child's data keys it is: what is sealed while a child gets a new one is sealed again under that.
ALTER TABLE "vault_keys" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
CREATE INDEX "vault_keys_kek_id_idx" ON "vault_keys"("kek_id");
