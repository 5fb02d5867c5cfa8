/** Sealed files in an S3-compatible service (Tencent COS, MinIO …). Uploads go in parts; one that fails is called off. */
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Setting } from '../../runtime/storage-env';
import { BlobUnknown, type Blobs, isBlobKey } from './blob';

/** Below this prefix everything is ours; the bucket may hold other things. */
const PREFIX = 'attachments/';
const PART_BYTES = 5 * 1024 * 1024;
/** Parts on their way at once: what one upload holds in memory at most, in parts. */
const PARTS_AT_ONCE = 2;

const isUnknown = (error: unknown): boolean => error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name);

/** Sealed files in an S3-compatible store. */
export function s3Blobs({ endpoint, region, bucket, accessKeyId, secretAccessKey, pathStyle }: S3Setting): Blobs {
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: pathStyle,
    // Checksums in trailers are Amazon's own; what is sealed is checked by its tags anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const nameOf = (key: string): string => {
    if (!isBlobKey(key)) throw new RangeError('not the key of a file');
    return PREFIX + key;
  };

  return {
    async put(key, source) {
      const stream = Readable.from(source, { objectMode: false, highWaterMark: 64 * 1024 });
      const params = { Bucket: bucket, Key: nameOf(key), Body: stream, ContentType: 'application/octet-stream' };
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE });
      try {
        await upload.done();
      } catch (error) {
        stream.destroy();
        await upload.abort();
        throw error;
      }
    },

    async get(key, stretch) {
      const range = stretch && `bytes=${stretch.from}-${stretch.to}`;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: nameOf(key), Range: range }));
        if (Body instanceof Readable) return Body;
      } catch (error) {
        if (!isUnknown(error)) throw error;
      }
      throw new BlobUnknown(key);
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: nameOf(key) }));
    },

    async *list() {
      for (let token: string | undefined, more = true; more;) {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIX, ContinuationToken: token }),
        );
        for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
          const key = Key.slice(PREFIX.length);
          if (isBlobKey(key)) yield { key, bytes: Size, at: LastModified?.getTime() ?? 0 };
        }
        token = page.NextContinuationToken;
        more = token !== undefined;
      }
    },

    async sweepParts(before) {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: PREFIX }));
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated && Initiated.getTime() < before) {
          await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
        }
      }
    },
  };
}
