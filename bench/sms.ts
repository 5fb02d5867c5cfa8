/** The product's own SMS channel, spoken to the run's carrier double: what the polling comparison sends with. */
import { join } from 'node:path';
import { createTencentSms } from '../activities/channels/tencent-sms';
import { PROJECT } from '../sandbox/config';
import { loadTexts } from '../store/texts';
import type { Bed } from './bed';

const SIGN = '守望';

/** @returns sends one text about a late step to the phone of a station of the bench. @throws Error when it was not taken */
export function sender({ stack, secrets }: Bed): (index: number) => Promise<void> {
  const channel = createTencentSms(
    {
      secretId: secrets.tencentSecretId,
      secretKey: secrets.tencentSecretKey,
      region: 'ap-guangzhou',
      protocol: 'http',
      timeoutSeconds: 5,
    },
    { endpoint: new URL(stack.carrierUrl).host, appId: secrets.smsAppId, sign: SIGN },
  );
  const texts = loadTexts(join(PROJECT, 'policies'), { publicUrl: stack.url, sign: SIGN });
  return async (index) => {
    const number = `A${String(index % 10_000).padStart(4, '0')}`;
    const text = texts.sms('overdue', { number, step: 'first_contact', late: '不到1分钟', code: '1234' });
    const outcome = await channel.send({
      key: `polling-${index}`,
      to: `+86138${String(index).padStart(8, '0')}`,
      ...text,
    });
    if (outcome.kind !== 'sent') throw new Error(`the carrier answered ${outcome.kind} ${outcome.code}`);
  };
}
