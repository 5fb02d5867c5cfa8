import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateVAPIDKeys } from 'web-push';
import { dataFolderCorrupt } from '../failures';

/** Everything secret that a sandbox needs, made up at its first start and kept in DATA_DIR/secrets.json (mode 0600). */
export interface Secrets {
  /** Passwords of the PostgreSQL roles of the embedded server. */
  postgresPassword: string;
  ownerPassword: string;
  applicationPassword: string;
  temporalPassword: string;
  /** Base64 of 32 bytes: the vault's key-encryption key. */
  vaultKey: string;
  authSecret: string;
  /** Credentials in Tencent's form, known to the carrier double alone. */
  tencentSecretId: string;
  tencentSecretKey: string;
  smsAppId: string;
  voiceAppId: string;
  /** The unguessable part of /carrier/tencent/{secret}/… */
  carrierSecret: string;
  /** The key pair by which push services know who sends (web push). */
  vapidPublicKey: string;
  vapidPrivateKey: string;
}

const word = (bytes: number): string => randomBytes(bytes).toString('hex');

function generate(): Secrets {
  const vapid = generateVAPIDKeys();
  return {
    postgresPassword: word(24),
    ownerPassword: word(24),
    applicationPassword: word(24),
    temporalPassword: word(24),
    vaultKey: randomBytes(32).toString('base64'),
    authSecret: word(32),
    tencentSecretId: `AKID${word(16)}`,
    tencentSecretKey: word(16),
    smsAppId: `14${randomInt(10_000_000, 99_999_999)}`,
    voiceAppId: `14${randomInt(10_000_000, 99_999_999)}`,
    carrierSecret: word(24),
    vapidPublicKey: vapid.publicKey,
    vapidPrivateKey: vapid.privateKey,
  };
}

/** Written aside and renamed: a crash in between leaves no half a file. */
function store(file: string, secrets: Secrets): Secrets {
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

/** Secrets that data folders of older versions do not have; nothing in such a folder depends on them yet. */
const ADDED_LATER: readonly (keyof Secrets)[] = ['ownerPassword', 'vapidPublicKey', 'vapidPrivateKey'];

/**
 * The secrets of a data folder; at the first start they are made up and stored.
 * Throws DataFolderCorrupt when they cannot be read, or are gone while a database is there that only they open.
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  if (!existsSync(file)) {
    if (existsSync(join(dataDir, 'postgres'))) {
      throw dataFolderCorrupt(dataDir, { zh: '缺少密钥文件 secrets.json', en: 'its keys, secrets.json, are missing' });
    }
    return store(file, generate());
  }
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
    const made = generate();
    const names = Object.keys(made) as (keyof Secrets)[];
    const lacking = names.filter((name) => typeof stored[name] !== 'string');
    const gone = lacking.filter((name) => !ADDED_LATER.includes(name));
    if (gone.length > 0) throw new Error(`${gone.join(', ')} missing`);
    return lacking.length > 0 ? store(file, { ...made, ...stored }) : (stored as Secrets);
  } catch (cause) {
    throw dataFolderCorrupt(
      dataDir,
      { zh: '密钥文件 secrets.json 无法读取', en: 'its keys, secrets.json, cannot be read' },
      { cause },
    );
  }
}
