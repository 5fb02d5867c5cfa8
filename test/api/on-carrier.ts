/** What delivery suites stand on: a field, a carrier, and what deliver works with; there from a suite's first test to its last. */
import type { SendDeps } from '../../activities/deps';
import type { Delivery } from '../../prisma/generated/client';
import { sendDeps, startDelivering, type CarrierRig, type Field } from './deliver-rig';

export class OnCarrier {
  field!: Field;
  rig!: CarrierRig;
  deps!: SendDeps;

  readonly rowOf = (key: string): Promise<Delivery> => this.field.db.delivery.findUniqueOrThrow({ where: { key } });

  /** Texts to that phone that the carrier has taken. */
  readonly texted = async (phone: string | null) =>
    (await this.rig.messages()).filter((m) => m.to === `+86${phone}` && m.status !== 'rejected');
}

/** Sets it up for the suite that calls it. */
export function onCarrier(): OnCarrier {
  const on = new OnCarrier();
  let stop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ field: on.field, rig: on.rig, stop } = await startDelivering());
    on.deps = sendDeps(on.field.db, on.rig);
  }, 600_000);
  afterAll(() => stop?.());
  return on;
}
