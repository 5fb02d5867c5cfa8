/** docker-compose.yml by Compose's own parser: complete, and nothing starts while a secret is missing. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig as readApiConfig } from '../../api/config';
import { SECRETS } from '../../runtime/env';
import { PROJECT } from '../../sandbox/config';
import { readConfig as readWorkerConfig } from '../../worker/config';
import { ensureComposeChecker, resolveCompose } from '../support/compose-checker';

const MADE_UP: Record<string, string> = {
  PUBLIC_URL: 'https://shouwang.invalid',
  SHOUWANG_OWNER_PASSWORD: 'madeup4',
  SHOUWANG_BACKUP_PASSWORD: 'madeup5',
  SHOUWANG_DB_PASSWORD: 'madeup1',
  TEMPORAL_DB_PASSWORD: 'madeup2',
  POSTGRES_PASSWORD: 'madeup3',
  VAULT_KEY: Buffer.alloc(32, 7).toString('base64'),
  AUTH_SECRET: 'a'.repeat(64),
  CARRIER_SECRET: 'b'.repeat(48),
  TENCENT_SECRET_ID: 'madeup-id',
  TENCENT_SECRET_KEY: 'madeup-key',
  TENCENT_SMS_APP_ID: '1400000000',
  TENCENT_SMS_SIGN: '守望',
  TENCENT_VMS_APP_ID: '1400000001',
  SMTP_URL: 'smtps://user:madeup@mail.invalid',
  MAIL_FROM: '守望 <noreply@shouwang.invalid>',
};

const Service = z.object({
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.object({ host_ip: z.string().default('') })).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
});
const Compose = z.object({ services: z.record(z.string(), Service) });

const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(MADE_UP).filter(([key]) => key !== name));

describe('docker-compose.yml', () => {
  let checker: string;
  const services = async () => {
    const { code, output } = await resolveCompose(checker, MADE_UP);
    expect(code).toBe(0);
    return Compose.parse(JSON.parse(output)).services;
  };

  beforeAll(async () => {
    checker = await ensureComposeChecker();
  }, 300_000);

  it('is accepted with every secret set', async () => {
    expect(Object.keys(await services())).toEqual([
      'api',
      'migrate',
      'postgres',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ]);
  });

  it.each(Object.keys(MADE_UP))('is refused without %s, by name', async (name) => {
    const { code, output } = await resolveCompose(checker, without(name));
    expect(code).not.toBe(0);
    expect(output).toContain(`required variable ${name} is missing a value`);
  });

  it('gives API and worker what they read', async () => {
    const { api, worker } = await services();
    const set = (service: typeof api) =>
      Object.fromEntries(Object.entries(service?.environment ?? {}).map(([name, value]) => [name, value ?? undefined]));
    expect(readApiConfig(set(api)).publicUrl).toBe(MADE_UP['PUBLIC_URL']);
    expect(readWorkerConfig(set(worker)).channels.sms.sign).toBe('守望');
  });

  it('opens ports on this machine alone', async () => {
    const opened = Object.values(await services()).flatMap(({ ports }) => ports);
    expect(opened.map(({ host_ip }) => host_ip)).toEqual(opened.map(() => '127.0.0.1'));
  });

  it.each(['api', 'worker', 'migrate', 'temporal', 'temporal-schema', 'temporal-namespace'])(
    '%s cannot write its file system and has no capabilities',
    async (name) => {
      expect((await services())[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    },
  );

  it('needs exactly what deploy/env.example asks for', () => {
    const example = readFileSync(join(PROJECT, 'deploy/env.example'), 'utf8');
    const asked = [...example.matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(Object.keys(MADE_UP)));
  });
});

it('says so when Go is missing', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'shouwang-no-go-'));
  const env = { PATH: cache, XDG_CACHE_HOME: cache };
  await expect(ensureComposeChecker(env)).rejects.toThrow('Go is missing');
  rmSync(cache, { recursive: true });
});

describe('the tools', () => {
  const read: unknown = parse(readFileSync(join(PROJECT, 'docker-compose.yml'), 'utf8'), { merge: true });
  const Tools = z.looseObject({
    environment: z.record(z.string(), z.string()),
    cap_add: z.array(z.string()),
    networks: z.array(z.string()),
    volumes: z.array(z.string()),
  });
  const { tools } = z.object({ services: z.object({ tools: Tools }) }).parse(read).services;

  it('know every secret, so that a backup of the keys holds it', () => {
    // Files that are mounted for the API are kept as files.
    const expected = SECRETS.filter((name) => !name.startsWith('TLS_'));
    expect(expected.filter((name) => !(name in tools.environment))).toEqual([]);
  });

  it('read attachments, which belong to somebody else, wherever they lie', () => {
    expect(tools.cap_add).toEqual(['DAC_OVERRIDE']);
    expect(tools.networks).toContain('front');
    expect(tools.volumes).toContain('attachments:/data');
  });
});
