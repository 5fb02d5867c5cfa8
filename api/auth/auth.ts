import { apiKey } from '@better-auth/api-key';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { admin, twoFactor, username } from 'better-auth/plugins';
import type { Db } from '../../store/db';

export interface AuthOptions {
  db: Db;
  secret: string;
  publicUrl: string;
  /** Sign-ins a minute from one address, right ones included; a station behind one address signs in together. */
  signInsPerMinute: number;
}

export const AUTH_PATH = '/api/auth';
/** Where better-auth finds the caller's address; overwritten for each request, so that nobody can claim another's. */
export const ADDRESS_HEADER = 'x-real-client-ip';
export const PASSWORD_LEAST = 10;

/** Argon2id with OWASP's least figures. The enum exists for the compiler alone, so its value stands here: 2 is Argon2id. */
const ARGON2 = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SESSION_SECONDS = 12 * 3600;

/** The addresses under which a browser may know us; on one machine, localhost is the same place. */
function trustedOrigins(publicUrl: string): string[] {
  const url = new URL(publicUrl);
  if (url.hostname !== '127.0.0.1') return [url.origin];
  const alias = new URL(publicUrl);
  alias.hostname = 'localhost';
  return [url.origin, alias.origin];
}

/** Sign-in by name and password, sessions in cookies, keys for programs, a second factor for who wants it. */
export function createAuth({ db, secret, publicUrl, signInsPerMinute }: AuthOptions) {
  return betterAuth({
    baseURL: publicUrl,
    basePath: AUTH_PATH,
    secret,
    trustedOrigins: trustedOrigins(publicUrl),
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: prismaAdapter(db, { provider: 'postgresql' }),
    session: { expiresIn: SESSION_SECONDS, updateAge: 3600 },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LEAST,
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
      useSecureCookies: publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    plugins: [
      username(),
      admin(),
      twoFactor({ issuer: '守望' }),
      // The plugin's own limit, ten requests a day, is meant for sold keys; ours are a member of staff's.
      apiKey({ defaultPrefix: 'sw_', rateLimit: { enabled: false } }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;
