import { simpleParser } from 'mailparser';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Carrier } from './context';

/** A running mail server that delivers to nobody. */
export interface MailSink {
  port: number;
  close(): Promise<void>;
}

const MAX_MAIL_BYTES = 5 * 1024 * 1024;

type Done = (error?: Error | null) => void;

/** An SMTP reply other than success, as smtp-server wants it. */
class SmtpReply extends Error {
  override readonly name = 'SmtpReply';
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

const AWAY = new SmtpReply(421, 'Service not available, closing transmission channel');

/** Starts the mail server on 127.0.0.1; port 0 picks a free one. It speaks neither TLS nor AUTH. */
export async function startMailSink(carrier: Carrier, port: number): Promise<MailSink> {
  const server = new SMTPServer({
    name: 'mail.sandbox.invalid',
    banner: 'SANDBOX',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    closeTimeout: 200,
    onConnect: (_session, done) => refuseOrHang(carrier, [], done),
    onRcptTo: (address, _session, done) => refuseOrHang(carrier, [address.address], done),
    onData: (stream, session, done) => {
      take(carrier, stream, session).then(
        () => done(),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  server.on('error', (error: Error) => carrier.log.warn({ reason: error.message }, 'mail connection failed'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Faults that turn a mail away before it is taken: 421, or an answer that never comes. */
function refuseOrHang(carrier: Carrier, recipients: readonly string[], done: Done): void {
  const mode = carrier.faults.modeFor('email', recipients);
  if (mode === 'hang-before') return;
  done(mode === 'down' ? AWAY : null);
}

/** Reads a mail and keeps it once for each recipient; a refusal is kept too, with the SMTP reply as its code. */
async function take(carrier: Carrier, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const mail = await simpleParser(stream);
  if (stream.sizeExceeded) throw new SmtpReply(552, 'Message exceeds fixed maximum message size');
  const recipients = session.envelope.rcptTo.map((recipient) => recipient.address);
  const subject = mail.subject ?? '';
  const text = [subject, mail.text?.trim() ?? ''].filter((part) => part !== '').join('\n');
  const code = recipients.map((to) => carrier.faults.rejection('email', to)).find((found) => found !== undefined);
  const outcome = code === undefined ? ({ status: 'delivered' } as const) : ({ status: 'rejected', code } as const);
  for (const to of recipients) {
    const { id } = carrier.store.add({
      channel: 'email',
      to,
      text,
      subject,
      ...(mail.messageId === undefined ? {} : { serialNo: mail.messageId }),
      ...outcome,
      plan: 'none',
    });
    carrier.log.info({ id, ...outcome }, 'mail received');
  }
  if (code === 'SMTP450') throw new SmtpReply(450, 'Greylisted, please try again later');
  if (code !== undefined) throw new SmtpReply(550, 'Mailbox unavailable');
  if (carrier.faults.modeFor('email', recipients) === 'slow')
    await carrier.pushes.pause(carrier.config.timing.slowAnswer);
}
