/**
 * Opens payloads for Temporal's pages (解码), which show nothing of a case otherwise: to administrators who are signed in, from the
 * one address where those pages are, and each time on the record. What comes out holds ids and codes, never a child.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Payload } from '@temporalio/common';
import { EncryptingCodec, PayloadKeyUnknown, PayloadSealBroken } from '../../runtime/payload-codec';
import { logAccess } from '../../store/access-log';
import { authenticate } from '../auth/authenticate';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { conflict, forbidden } from '../problem';
import { callerOf } from '../request';
import { type CodecPayload, codecBody } from '../schemas/codec';
import { jsonBody, mediaTypes, throttle } from '../security';
import { parse } from '../validate';

/** A page of a long history asks for all its payloads at once. */
const MOST_BYTES = 4 * 1024 * 1024;
const DAY_SECONDS = 86_400;

const opened = ({ metadata = {}, data = '' }: CodecPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  data: Buffer.from(data, 'base64'),
});
const shown = ({ metadata, data }: Payload): CodecPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

/** Browsers may ask from Temporal's pages and from nowhere else; without a configured address from nowhere at all. */
const fromUi =
  (origin: string | undefined): RequestHandler =>
  (req, res, next) => {
    const from = req.get('origin');
    res.vary('Origin');
    if (from !== undefined && from !== origin) throw forbidden('not from this address (TEMPORAL_UI_ORIGIN)');
    if (from !== undefined) {
      res.set({ 'Access-Control-Allow-Origin': from, 'Access-Control-Allow-Credentials': 'true' });
      res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (req.method !== 'OPTIONS') return next();
    res.set({
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'authorization, content-type, x-namespace',
      'Access-Control-Max-Age': String(DAY_SECONDS),
    });
    res.status(204).end();
  };

const decode = (deps: ApiDeps) => {
  const codec = new EncryptingCodec(deps.config.payloadKeys);
  return async (req: Request, res: Response) => {
    const { payloads } = parse(codecBody, req.body);
    const { userId, staffId } = callerOf(req);
    await logAccess(deps.db, { userId, staffId, action: 'payload:decode', allowed: true, address: req.ip });
    try {
      res.json({ payloads: (await codec.decode(payloads.map(opened))).map(shown) });
    } catch (error) {
      if (error instanceof PayloadKeyUnknown || error instanceof PayloadSealBroken)
        throw conflict(error.name, 'a payload does not open: changed, or under a key that is not among PAYLOAD_KEYS');
      throw error;
    }
  };
};

/** Mounted at /codec: `POST /codec/decode` */
export function createCodecRouter(deps: ApiDeps): Router {
  const { temporalUiOrigin: origin } = deps.config;
  deps.docs.add({
    method: 'post',
    path: '/codec/decode',
    summary: 'Open payloads for Temporal’s pages (remote codec)',
    tag: 'system',
    permission: 'payload:decode',
    body: codecBody,
    answers: { 200: { description: 'The payloads in the same order', schema: codecBody } },
  });
  return Router()
    .use(fromUi(origin))
    .use(authenticate(deps, origin), throttle(deps.config, 'caller'))
    .use(mediaTypes('application/json'), ...jsonBody(MOST_BYTES))
    .post('/decode', requires('payload:decode'), decode(deps));
}
