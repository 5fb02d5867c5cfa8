/** Where attachments (附件) are stored, as API and backup are told by environment variables. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { address, ConfigError } from './env';

export interface S3Setting {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** https://endpoint/bucket/key instead of https://bucket.endpoint/key */
  pathStyle: boolean;
}
export type StorageConfig = { kind: 'disk'; folder: string } | ({ kind: 's3' } & S3Setting);

const filled = z.string().min(1);

export const storageEnv = {
  DATA_DIR: filled.default('.shouwang'),
  ATTACHMENTS: z.enum(['disk', 's3']).default('disk'),
  S3_ENDPOINT: address(/^https?$/).optional(),
  S3_REGION: filled.default('ap-guangzhou'),
  S3_BUCKET: filled.optional(),
  S3_ACCESS_KEY_ID: filled.optional(),
  S3_SECRET_ACCESS_KEY: filled.optional(),
  S3_PATH_STYLE: z.enum(['0', '1']).default('0'),
};

type Storage = z.infer<z.ZodObject<typeof storageEnv>>;

/** @throws ConfigError where S3 is asked for and not whole */
export function storageConfig(e: Storage): StorageConfig {
  if (e.ATTACHMENTS === 'disk') return { kind: 'disk', folder: join(resolve(e.DATA_DIR), 'attachments') };
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket } = e;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = e;
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) {
    const needed = 'S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY';
    throw new ConfigError(`configuration: ATTACHMENTS=s3 needs ${needed}`);
  }
  return {
    kind: 's3',
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    region: e.S3_REGION,
    pathStyle: e.S3_PATH_STYLE === '1',
  };
}
