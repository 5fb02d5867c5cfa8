/** Sign-in and sign-out (登录、退出), which stand beside the API proper. */
import { NoSignal, refusedFrom } from './client';

async function post(path: string, body: object): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  const text = await response.text();
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw refusedFrom(response, parsed);
  return parsed;
}

/**
 * @returns whether a code of the second factor (动态口令) is still wanted
 * @throws Refused, NoSignal
 */
export async function signIn(username: string, password: string): Promise<'signed-in' | 'code'> {
  const said = await post('/sign-in/username', { username, password });
  const wantsCode = typeof said === 'object' && said !== null && 'twoFactorRedirect' in said;
  return wantsCode ? 'code' : 'signed-in';
}

/** The second step of the sign-in. @throws Refused, NoSignal */
export async function sendCode(code: string): Promise<void> {
  await post('/two-factor/verify-totp', { code });
}

/** @throws Refused, NoSignal */
export async function signOut(): Promise<void> {
  await post('/sign-out', {});
}
