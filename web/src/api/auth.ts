/** Sign-in, sign-out and the second factor (登录、退出、第二步验证), which stand beside the API proper. */
import { NoSignal, refusedFrom } from './client';

/** By what the second step can be taken. */
export type Method = 'totp' | 'text' | 'backup';

type Body = Record<string, unknown>;
const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null;

async function post(path: string, body: object): Promise<Body> {
  let response: Response;
  try {
    response = await fetch(path, {
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
  return isBody(parsed) ? parsed : {};
}

const auth = (path: string, body: object = {}): Promise<Body> => post(`/api/auth${path}`, body);

const METHODS: readonly string[] = ['totp', 'text', 'backup'] satisfies Method[];
const isMethod = (value: unknown): value is Method => METHODS.includes(String(value));
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * @returns by what the second step is to be taken; none: it is done
 * @throws Refused, NoSignal
 */
export async function signIn(username: string, password: string): Promise<Method[]> {
  const said = await auth('/sign-in/username', { username, password });
  const methods = said['twoFactorMethods'];
  return 'twoFactorRedirect' in said && Array.isArray(methods) ? methods.filter(isMethod) : [];
}

const VERIFY: Record<Method, string> = { totp: 'verify-totp', text: 'verify-otp', backup: 'verify-backup-code' };

/** The second step, of a sign-in or while it is set up. @returns backup codes, where new ones were made @throws Refused, NoSignal */
export async function sendCode(method: Method, code: string): Promise<string[]> {
  return textsOf((await auth(`/two-factor/${VERIFY[method]}`, { code }))['backupCodes']);
}

/** Has a code sent to one's phone. @returns the last four digits of its number @throws Refused, NoSignal */
export async function askForText(): Promise<string> {
  const { phoneTail } = await auth('/two-factor/send-otp');
  return typeof phoneTail === 'string' ? phoneTail : '';
}

/** A new authenticator; it counts once its first code was sent. @throws Refused, NoSignal */
export async function newAuthenticator(password: string): Promise<{ uri: string; backupCodes: string[] }> {
  const said = await auth('/two-factor/enable', { password });
  return { uri: String(said['totpURI']), backupCodes: textsOf(said['backupCodes']) };
}

/** @throws Refused, NoSignal */
export const dropFactor = (password: string): Promise<unknown> => auth('/two-factor/disable', { password });

/** New ones; the old ones open nothing any more. @throws Refused, NoSignal */
export async function newBackupCodes(password: string): Promise<string[]> {
  return textsOf((await auth('/two-factor/generate-backup-codes', { password }))['backupCodes']);
}

/** Every other session ends. @throws Refused, NoSignal */
export const changePassword = (currentPassword: string, newPassword: string): Promise<unknown> =>
  auth('/change-password', { currentPassword, newPassword });

/** Whose set-up link it is. @throws Refused, NoSignal */
export async function openSetup(token: string): Promise<{ username: string; name: string }> {
  const said = await post('/api/setup/open', { token });
  return { username: String(said['username']), name: String(said['name']) };
}

/** @throws Refused, NoSignal */
export const finishSetup = (token: string, password: string): Promise<unknown> =>
  post('/api/setup/finish', { token, password });

/** @throws Refused, NoSignal */
export async function signOut(): Promise<void> {
  await auth('/sign-out');
}
