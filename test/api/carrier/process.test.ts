import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');

describe('the carrier process', () => {
  let dir: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'carrier-process-'));
    writeFileSync(path.join(dir, 'texts.yaml'), 'texts: { a: { sms: { templateId: "1", body: "案件{1}逾期" } } }');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  });

  function start(change: Record<string, string> = {}): ChildProcess {
    child = fork(path.join(ROOT, 'sandbox/carrier/main.ts'), {
      execArgv: ['--require', path.join(__dirname, 'register-ts.cjs')],
      silent: true,
      env: {
        PATH: process.env.PATH,
        CARRIER_DATA_DIR: dir,
        TEXTS_FILE: path.join(dir, 'texts.yaml'),
        TENCENT_SECRET_ID: 'AKIDsandbox',
        TENCENT_SECRET_KEY: 'sandbox-key',
        TENCENT_SMS_APP_ID: '1400006666',
        TENCENT_SMS_SIGN: '守望',
        TENCENT_VMS_APP_ID: '1500006666',
        CARRIER_SECRET: 'callback-secret',
        CALLBACK_BASE: 'http://127.0.0.1:9/',
        ...change,
      },
    });
    return child;
  }

  /** The first log line with this message; rejects when the process ends without it. */
  function line(from: ChildProcess, msg: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let seen = '';
      from.stdout?.on('data', (chunk: Buffer) => {
        seen += chunk.toString('utf8');
        const found = seen.split('\n').find((text) => text.endsWith('}') && text.includes(`"msg":"${msg}"`));
        if (found) resolve(JSON.parse(found) as Record<string, unknown>);
      });
      // Not its exit: what it said last may still be on the way then.
      from.once('close', () => reject(new Error(`ended without ${msg}: ${seen}`)));
    });
  }

  it('says it is ready with its ports, and ends on SIGTERM', async () => {
    const carrier = start({ LOG_LEVEL: 'error' });
    const ready = await line(carrier, 'ready');
    const state = await fetch(`http://127.0.0.1:${String(ready.port)}/control/carrier`);
    expect(await state.json()).toEqual({ mode: 'ok', limits: 'off' });
    expect(ready.smtpPort).toEqual(expect.any(Number));
    carrier.kill('SIGTERM');
    expect(await once(carrier, 'exit')).toEqual([0, null]);
  });

  it('ends when the process that started it is gone', async () => {
    const carrier = start();
    await line(carrier, 'ready');
    carrier.disconnect();
    expect(await once(carrier, 'exit')).toEqual([0, null]);
  });

  it('says what is missing', async () => {
    const failed = line(
      start({ TEXTS_FILE: path.join(dir, 'none.yaml'), CALLBACK_BASE: 'nowhere' }),
      'carrier cannot start',
    );
    expect(String((await failed).reason)).toMatch(/CALLBACK_BASE/);
    const second = line(start({ TEXTS_FILE: path.join(dir, 'none.yaml') }), 'carrier cannot start');
    expect(String((await second).reason)).toMatch(/TEXTS_FILE.*none\.yaml/);
  });
});
