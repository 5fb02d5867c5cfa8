import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors';

/** The parts of a request that its signature covers; `body` is the exact bytes received. */
export interface SignedRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Tencent refuses a clock that is further off than this. */
const MAX_SKEW_S = 300;
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/(.+)\/tc3_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data, 'utf8').digest();

function signedValue(name: string, headers: IncomingHttpHeaders): string {
  const value = String(headers[name] ?? '').trim();
  // The SDK signs the host without its port, although the Host header carries it.
  if (name === 'host') return value.replace(/:\d+$/, '');
  return name === 'content-type' ? value : value.toLowerCase();
}

function canonicalRequest(request: SignedRequest, signedHeaders: string): string {
  const cut = request.url.indexOf('?');
  const path = cut < 0 ? request.url : request.url.slice(0, cut);
  const query = cut < 0 ? '' : request.url.slice(cut + 1);
  const lines = signedHeaders.split(';').map((name) => `${name}:${signedValue(name, request.headers)}`);
  return [request.method, path, query, ...lines, '', signedHeaders, sha256(request.body)].join('\n');
}

/**
 * Checks a TC3-HMAC-SHA256 signature. The service of the scope is the client's own (with an address in place of
 * a host name the SDK signs a part of that), so it is taken from the credential as given.
 * @param secretOf the secret key of a secret id, undefined when unknown
 * @param nowMs the server's clock, UNIX milliseconds
 * @throws ApiError AuthFailure.* with the code Tencent would answer
 */
export function verifyTc3(request: SignedRequest, secretOf: (id: string) => string | undefined, nowMs: number): void {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (!parts) throw new ApiError('AuthFailure.InvalidAuthorization', 'the Authorization header is malformed');
  const [id = '', date = '', service = '', signedHeaders = '', signature = ''] = parts.slice(1);
  const timestamp = Number(request.headers['x-tc-timestamp']);
  if (!Number.isInteger(timestamp) || Math.abs(nowMs / 1000 - timestamp) > MAX_SKEW_S) {
    throw new ApiError('AuthFailure.SignatureExpire', 'the signature has expired, please synchronise the clock');
  }
  const secret = secretOf(id);
  if (secret === undefined) throw new ApiError('AuthFailure.SecretIdNotFound', 'the SecretId is not found');
  const names = signedHeaders.split(';');
  const scopeFits =
    new Date(timestamp * 1000).toISOString().startsWith(date) &&
    names.includes('host') &&
    names.includes('content-type');
  const scope = `${date}/${service}/tc3_request`;
  const toSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonicalRequest(request, signedHeaders))].join('\n');
  const key = hmac(hmac(hmac(`TC3${secret}`, date), service), 'tc3_request');
  if (!scopeFits || !timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))) {
    throw new ApiError('AuthFailure.SignatureFailure', 'the provided credentials could not be validated');
  }
}
