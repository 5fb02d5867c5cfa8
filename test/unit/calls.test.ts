import { randomBytes } from 'node:crypto';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Calls } from '../../api/calls';
import { TemporalAway } from '../../api/case-gateway';
import { createPackGateway } from '../../api/pack-gateway';
import { payloadKeys } from '../../runtime/payload-codec';
import { freePorts, LOOPBACK } from '../../sandbox/ports';

test('calls answer as they do, and are waited for until the last one', async () => {
  const calls = new Calls();
  const ended: string[] = [];
  const slow = calls.run(() => sleep(60).then(() => ended.push('slow')));
  const failing = calls.run(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await calls.run(() => Promise.resolve(7))).toBe(7);
  await calls.over(10_000);
  expect(ended).toEqual(['slow']);
  await slow;
});

test('one that hangs is not waited for for ever', async () => {
  const calls = new Calls();
  void calls.run(() => new Promise(() => undefined));
  await calls.over(20);
});

// Jest fails a test in which anything is thrown that nobody catches.
test('a connection that is closed while a call is being tried again throws nothing behind our back', async () => {
  const [port = 0] = await freePorts(1);
  const temporal = { address: `${LOOPBACK}:${port}`, namespace: 'nobody', taskQueue: 'nobody' };
  const gateway = createPackGateway({ temporal, payloadKeys: payloadKeys(randomBytes(32).toString('base64')) });
  const asked = gateway.cancel('pack').then(
    () => undefined,
    (error: unknown) => error,
  );
  await sleep(60);
  await gateway.close();
  expect(await asked).toBeInstanceOf(TemporalAway);
  // The client's own next try would come within this.
  await sleep(700);
});

test('a call that outlasts the end and fails then is not tried again on the closed connection', async () => {
  // A server that takes calls and never answers, as Temporal does for an update while no worker is there.
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const { port } = server.address() as AddressInfo;
  const temporal = { address: `${LOOPBACK}:${port}`, namespace: 'nobody', taskQueue: 'nobody' };
  const gateway = createPackGateway({ temporal, payloadKeys: payloadKeys(randomBytes(32).toString('base64')) });
  const asked = gateway.cancel('pack').then(
    () => undefined,
    (error: unknown) => error,
  );
  await new Promise((resolve) => server.once('stream', resolve));
  await gateway.close();
  // The server goes as well: only now does the call fail.
  for (const session of sessions) session.destroy();
  expect(await asked).toBeInstanceOf(TemporalAway);
  await sleep(700);
  server.close();
}, 20_000);
