import { apiKey } from '@better-auth/api-key';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { admin, twoFactor, username } from 'better-auth/plugins';
import type { Db } from '../../store/db';
import { SIGN_IN_CODE_MINUTES } from '../../store/sign-in-codes';
import { codeHashes } from './code-hash';
import { PASSWORD_LEAST, PASSWORD_MOST } from './password';

export interface AuthOptions {
  db: Db;
  secret: string;
  publicUrl: string;
  /** Sign-ins a minute from one address, right ones included; a station behind one address signs in together. */
  signInsPerMinute: number;
  /** How long any sign-in may last at most, in milliseconds; each role's own rule is checked with every request. */
  longestMs?: number;
  /** Sends the code of a second factor to a user's phone; absent: there are none. */
  sendCode?: (userId: string, code: string) => Promise<void>;
}

export const AUTH_PATH = '/api/auth';
/** Where better-auth finds the caller's address; overwritten for each request, so that nobody can claim another's. */
export const ADDRESS_HEADER = 'x-real-client-ip';

/** Argon2id with OWASP's least figures. The enum exists for the compiler alone, so its value stands here: 2 is Argon2id. */
const ARGON2 = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const USUAL_LONGEST_MS = 12 * 3_600_000;

/** The addresses under which a browser may know us; on one machine, localhost is the same place. */
function trustedOrigins(publicUrl: string): string[] {
  const url = new URL(publicUrl);
  if (url.hostname !== '127.0.0.1') return [url.origin];
  const alias = new URL(publicUrl);
  alias.hostname = 'localhost';
  return [url.origin, alias.origin];
}

/** Under https a name that browsers take from this host alone, over TLS, for every path. */
export const cookiePrefix = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-shouwang' : 'shouwang';

/** Sign-in by name and password, a second factor, sessions in cookies, keys for programs. */
export function createAuth({ db, secret, publicUrl, signInsPerMinute, longestMs, sendCode }: AuthOptions) {
  const hashes = codeHashes(secret);
  return betterAuth({
    baseURL: publicUrl,
    basePath: AUTH_PATH,
    secret,
    trustedOrigins: trustedOrigins(publicUrl),
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: prismaAdapter(db, { provider: 'postgresql' }),
    // Never prolonged: this is the absolute end. That nothing was done for a while is noticed in authenticate.ts.
    session: { expiresIn: Math.ceil((longestMs ?? USUAL_LONGEST_MS) / 1000), disableSessionRefresh: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LEAST,
      maxPasswordLength: PASSWORD_MOST,
      password: {
        hash: (password) => hash(password, ARGON2),
        verify: ({ hash: stored, password }) => verify(stored, password),
      },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: signInsPerMinute * 10,
      customRules: {
        '/sign-in/username': { window: 60, max: signInsPerMinute },
        '/two-factor/*': { window: 60, max: signInsPerMinute },
      },
    },
    advanced: {
      // The prefix is our own: better-auth's is the weaker __Secure-.
      useSecureCookies: false,
      cookiePrefix: cookiePrefix(publicUrl),
      defaultCookieAttributes: { secure: publicUrl.startsWith('https:'), sameSite: 'strict', httpOnly: true },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    plugins: [
      username(),
      admin(),
      twoFactor({
        issuer: '守望',
        // Ours counts by place (store/sign-in-attempts.ts): this one would let whoever has the password lock its owner out.
        accountLockout: { enabled: false },
        otpOptions: {
          period: SIGN_IN_CODE_MINUTES,
          storeOTP: { hash: (code) => Promise.resolve(hashes.of(code)) },
          ...(sendCode && { sendOTP: ({ user, otp }) => sendCode(user.id, otp) }),
        },
        backupCodeOptions: {
          storeBackupCodes: {
            encrypt: (codes) => Promise.resolve(hashes.list(codes)),
            decrypt: (codes) => Promise.resolve(codes),
          },
        },
      }),
      // The plugin's own limit, ten requests a day, is meant for sold keys; ours are a member of staff's.
      apiKey({ defaultPrefix: 'sw_', rateLimit: { enabled: false } }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;
