import express from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino, { type Logger } from 'pino';
import type { CarrierConfig } from './config';
import type { Carrier } from './context';
import { createControlRouter } from './control';
import { Faults } from './faults';
import { createGateway } from './gateway';
import { FrequencyLimits } from './limits';
import { notFound, problemHandler } from './problem';
import { Pushes } from './pushes';
import { Receipts } from './receipts';
import { createRobotRouter } from './robots';
import { type MailSink, startMailSink } from './smtp';
import { CarrierStore } from './store';
import { loadTemplates } from './texts';

/** A carrier that is up; `close` ends pushes under way, frees the ports and closes the journal. */
export interface RunningCarrier {
  /** Tencent's API at POST / and the control API under /control. */
  port: number;
  smtpPort: number;
  close(): Promise<void>;
}

/**
 * Starts the carrier double: Tencent's SMS and voice API, the mail sink and the control API, all on 127.0.0.1.
 * @throws CarrierConfigError when the templates cannot be used, CarrierStoreError when the journal is damaged
 */
export async function startCarrier(config: CarrierConfig, log: Logger = createLogger(config)): Promise<RunningCarrier> {
  const templates = loadTemplates(config.textsFile, config.callbackBase);
  const store = new CarrierStore(config.dataDir);
  const pushes = new Pushes(config, log);
  const receipts = new Receipts(store, pushes, config.timing, log);
  const limits = new FrequencyLimits();
  const carrier: Carrier = { config, store, faults: new Faults(), limits, pushes, receipts, templates, log };
  let server: Server | undefined;
  let mail: MailSink | undefined;
  const close = async () => {
    pushes.stop();
    await Promise.all([mail?.close(), server && stopServer(server)]);
    store.close();
  };
  try {
    server = await startServer(carrier);
    mail = await startMailSink(carrier, config.smtpPort);
  } catch (error) {
    await close();
    throw error;
  }
  receipts.resume();
  return { port: (server.address() as AddressInfo).port, smtpPort: mail.port, close };
}

/** JSON lines on stdout; message ids and codes only, never a number or a text. */
export function createLogger(config: Pick<CarrierConfig, 'logLevel'>): Logger {
  return pino({ name: 'carrier', level: config.logLevel });
}

async function startServer(carrier: Carrier): Promise<Server> {
  const app = express();
  app.disable('x-powered-by');
  app.use('/control', createControlRouter(carrier));
  app.use(createRobotRouter(carrier));
  // The signature covers the exact bytes, so the body is left as it came.
  app.all('/', express.raw({ type: () => true, limit: '1mb' }), createGateway(carrier));
  app.use(notFound, problemHandler(carrier.log));
  const server = createServer(app);
  // Longer than clients keep idle connections: who closes first must not be we, or a request sent just then is lost.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(carrier.config.carrierPort, '127.0.0.1', resolve);
  });
  return server;
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
