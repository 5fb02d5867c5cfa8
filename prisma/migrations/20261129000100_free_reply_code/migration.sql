-- Is a reply code free at a phone? True takes it until the transaction ends. Two statements on purpose: the second one sees what
-- whoever held the code before has committed, which a query that takes the lock by itself may not.
CREATE FUNCTION take_reply_code("for_phone" TEXT, "wanted" TEXT, "since" TIMESTAMPTZ) RETURNS BOOLEAN
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('reply-code/' || "for_phone" || '/' || "wanted", 0)) THEN
    RETURN false;
  END IF;
  RETURN NOT EXISTS (
    SELECT 1 FROM "reply_codes" r WHERE r."phone" = "for_phone" AND r."code" = "wanted" AND r."created_at" > "since");
END $$;
