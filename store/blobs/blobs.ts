/** Where sealed files lie (存储): the local disk, or an S3-compatible service such as Tencent COS. It sees ciphertext alone. */
import type { StorageConfig } from '../../runtime/storage-env';
import type { Blobs } from './blob';
import { diskBlobs } from './disk';
import type * as S3 from './s3';

/** The client of such a service is loaded where there is one. */
export const createBlobs = (config: StorageConfig): Blobs =>
  config.kind === 'disk' ? diskBlobs(config.folder) : (require('./s3') as typeof S3).s3Blobs(config);
