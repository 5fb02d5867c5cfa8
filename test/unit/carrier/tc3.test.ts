import { createHash, createHmac } from 'node:crypto';
import { type SignedRequest, verifyTc3 } from '../../../sandbox/carrier/tc3';

const NOW_S = 1_770_000_000;
const KEY = 'secret-key';
const sha = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Signs as Tencent's documentation does: x-tc-action among the headers, host without a port. */
function signed(timestamp = NOW_S, date = new Date(timestamp * 1000).toISOString().slice(0, 10)): SignedRequest {
  const body = Buffer.from('{"Limit":1,"Text":"守望🙂"}');
  const names = 'content-type;host;x-tc-action';
  const lines = ['content-type:application/json; charset=utf-8', 'host:sms.tencentcloudapi.com', 'x-tc-action:sendsms'];
  const canonical = ['POST', '/', '', ...lines, '', names, sha(body)].join('\n');
  const scope = `${date}/sms/tc3_request`;
  const key = hmac(hmac(hmac(`TC3${KEY}`, date), 'sms'), 'tc3_request');
  const signature = hmac(key, ['TC3-HMAC-SHA256', timestamp, scope, sha(canonical)].join('\n')).toString('hex');
  return {
    method: 'POST',
    url: '/',
    headers: {
      host: 'sms.tencentcloudapi.com:8443',
      'content-type': 'application/json; charset=utf-8',
      'x-tc-action': 'SendSms',
      'x-tc-timestamp': String(timestamp),
      authorization: `TC3-HMAC-SHA256 Credential=AKID/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body,
  };
}

const check = (request: SignedRequest) => verifyTc3(request, (id) => (id === 'AKID' ? KEY : undefined), NOW_S * 1000);

describe('verifyTc3', () => {
  it('accepts what is signed as documented, up to five minutes off', () => {
    expect(() => check(signed())).not.toThrow();
    expect(() => check(signed(NOW_S - 300))).not.toThrow();
    expect(() => check(signed(NOW_S + 300))).not.toThrow();
  });

  const of = (change: Partial<SignedRequest>) => ({ ...signed(), ...change });
  const header = (name: string, value: string | undefined) => of({ headers: { ...signed().headers, [name]: value } });

  it.each([
    ['an old timestamp', signed(NOW_S - 301), 'SignatureExpire'],
    ['a timestamp of tomorrow', signed(NOW_S + 86_400), 'SignatureExpire'],
    ['no timestamp', header('x-tc-timestamp', undefined), 'SignatureExpire'],
    ['no signature', header('authorization', undefined), 'InvalidAuthorization'],
    ['the old way of signing', header('authorization', 'HmacSHA256 whatever'), 'InvalidAuthorization'],
    ['a changed body', of({ body: Buffer.from('{}') }), 'SignatureFailure'],
    ['another path', of({ url: '/sms/' }), 'SignatureFailure'],
    ['another query', of({ url: '/?a=1' }), 'SignatureFailure'],
    ['another action', header('x-tc-action', 'PullSmsSendStatus'), 'SignatureFailure'],
    ['a scope of another day', signed(NOW_S, '2020-01-01'), 'SignatureFailure'],
  ])('refuses %s', (_what, request, code) => {
    expect(() => check(request)).toThrow(expect.objectContaining({ code: `AuthFailure.${code}` }));
  });

  it('refuses an unknown id', () => {
    expect(() => verifyTc3(signed(), () => undefined, NOW_S * 1000)).toThrow(
      expect.objectContaining({ code: 'AuthFailure.SecretIdNotFound' }),
    );
  });
});
