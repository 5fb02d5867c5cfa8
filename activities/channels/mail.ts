/** Mail (邮件) by SMTP. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Channel, Outcome, Outgoing } from './channel';
import type { MailConfig } from './config';

const MAX_CONNECTIONS = 5;
/** A greylisting server wants to be asked again; a busy one as well. */
const TEMPORARY_MS = 15_000;
const UNREACHED_MS = 3_000;

interface MailError {
  code?: unknown;
  responseCode?: unknown;
  syscall?: unknown;
  command?: unknown;
}

/** Before DATA nothing is handed over, so a break there is no riddle. */
const BEFORE_DATA = new Set(['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO']);

/** What an error of nodemailer means. */
export function outcomeOfMailError(error: unknown): Outcome {
  const { code, responseCode, syscall, command } = (error ?? {}) as MailError;
  const name = typeof code === 'string' ? code : 'EUNKNOWN';
  if (typeof responseCode === 'number' && responseCode >= 400) {
    const said = `SMTP${responseCode}`;
    return responseCode >= 500
      ? { kind: 'refused', code: said }
      : { kind: 'retry_after', ms: TEMPORARY_MS, code: said };
  }
  if (name === 'EDNS' || syscall === 'connect') return { kind: 'retry_after', ms: UNREACHED_MS, code: name };
  if (name === 'EENVELOPE' || name === 'EMESSAGE') return { kind: 'refused', code: name };
  if (name === 'EAUTH' || name === 'ENOAUTH') return { kind: 'refused', code: name };
  const early = typeof command === 'string' && BEFORE_DATA.has(command.toUpperCase());
  return early ? { kind: 'retry_after', ms: UNREACHED_MS, code: name } : { kind: 'unknown', code: name };
}

/** The same for every attempt at one message, so that a mailbox shows a repeated one once. */
export function messageIdOf(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'shouwang.invalid';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`;
}

/** A mail server keeps no records that could be asked: after an unknown outcome the same mail goes out again. */
export function createMail(config: MailConfig, provider = 'smtp'): Channel {
  const longestMs = config.timeoutMs * 2;
  const transport = createTransport({
    url: config.url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: config.timeoutMs,
    greetingTimeout: config.timeoutMs,
    socketTimeout: config.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  async function send(message: Outgoing): Promise<Outcome> {
    const subject = message.subject ?? '';
    if ([message.to, subject].some((field) => /[\r\n\0]/.test(field))) {
      return { kind: 'refused', code: 'HeaderInjection' };
    }
    const messageId = messageIdOf(message.key, config.from);
    const signal = AbortSignal.timeout(longestMs);
    try {
      await transport.sendMail({
        from: config.from,
        // As an address, so that commas and brackets in it cannot name somebody else.
        to: { name: '', address: message.to },
        subject,
        text: message.body,
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        // Waiting for a free connection counts too: a mail that lingers here would be queued again by its retry.
        signal,
      });
      return { kind: 'sent', ref: messageId };
    } catch (error) {
      return outcomeOfMailError(error);
    }
  }

  return { id: 'email', provider, longestMs, send, close: () => transport.close() };
}
