/** Where sealed files lie (存储): the local disk, or an S3-compatible service such as Tencent COS. It sees ciphertext alone. */
import type { StorageConfig } from '../../runtime/storage-env';
import type { Blobs } from './blob';
import { diskBlobs } from './disk';
import { s3Blobs } from './s3';

export const createBlobs = (config: StorageConfig): Blobs =>
  config.kind === 'disk' ? diskBlobs(config.folder) : s3Blobs(config);
