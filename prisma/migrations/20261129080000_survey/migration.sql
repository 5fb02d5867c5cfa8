-- The survey that children answer (满意度小问卷). What links a card to its answer is kept nowhere.
CREATE TABLE "surveys" (
    "id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "cards" INTEGER NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "surveys_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "surveys_station_id_made_at_id_idx" ON "surveys"("station_id", "made_at" DESC, "id");
CREATE INDEX "surveys_service_id_idx" ON "surveys"("service_id");

CREATE TABLE "survey_cards" (
    "token_hash" BYTEA NOT NULL,
    "survey_id" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "used" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "survey_cards_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "survey_cards_survey_id_n_idx" ON "survey_cards"("survey_id", "n");

CREATE TABLE "survey_answers" (
    "id" TEXT NOT NULL,
    "survey_id" TEXT NOT NULL,
    "station_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "face" TEXT NOT NULL,
    "satisfied" BOOLEAN NOT NULL,
    "concern" TEXT NOT NULL,
    "text_id" TEXT,
    "seen_by" TEXT,
    "seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "survey_answers_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "survey_answers_survey_id_idx" ON "survey_answers"("survey_id");
-- Figures and the records behind them walk this one.
CREATE INDEX "survey_answers_counted_idx" ON "survey_answers"("station_id", "at") INCLUDE ("satisfied", "service_id", "survey_id");
CREATE INDEX "survey_answers_text_idx" ON "survey_answers"("station_id", "at" DESC, "id") WHERE "text_id" IS NOT NULL;
