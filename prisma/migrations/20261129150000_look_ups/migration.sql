-- What is looked up by a column that had no index: the whole table was read each time.

-- Services about a case: the list of one case's, and what is hidden with a restricted case.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "services_case_id_idx" ON "services"("case_id");

-- The vault's entries of a child: destroyed or sealed anew together; the foreign key looks for them as well when the key goes.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "vault_items_subject_id_idx" ON "vault_items"("subject_id");

-- Files of a case and of its referrals, each time the case is opened.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "attachments_case_id_idx" ON "attachments"("case_id");

-- The register of referrals (转介台账), newest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "referrals_sent_at_id_idx" ON "referrals"("sent_at" DESC, "id");
