-- Devices that want to be told too (推送), and what was pushed to them.

-- CreateTable
CREATE TABLE "push_devices" (
    "id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "endpoint_hash" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "kek_id" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "push_devices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pushes" (
    "device_id" TEXT NOT NULL,
    "tell" TEXT NOT NULL,
    "delivery_key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" TEXT NOT NULL DEFAULT 'sending',
    "code" TEXT,

    CONSTRAINT "pushes_pkey" PRIMARY KEY ("device_id", "tell")
);

-- CreateIndex
CREATE INDEX "push_devices_staff_id_idx" ON "push_devices"("staff_id");

-- CreateIndex
CREATE INDEX "push_devices_endpoint_hash_idx" ON "push_devices"("endpoint_hash");

-- CreateIndex
CREATE INDEX "pushes_at_idx" ON "pushes"("at");

-- CreateIndex
CREATE INDEX "deliveries_person_id_created_at_idx" ON "deliveries"("person_id", "created_at");

-- AddForeignKey
ALTER TABLE "push_devices" ADD CONSTRAINT "push_devices_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
