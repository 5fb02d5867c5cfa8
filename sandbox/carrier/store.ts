import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { readPhone } from './phone';
import type { Entry, Message, NewMessage, Queue, Reply } from './messages';

const FILE = 'carrier.jsonl';

/** The journal cannot be read (the message names the line) or is closed already. */
export class CarrierStoreError extends Error {
  override readonly name = 'CarrierStoreError';
}

/** Everything the carrier has taken in, kept in an append-only file, one JSON entry a line, and in memory. */
export class CarrierStore {
  private readonly fd: number;
  private closed = false;
  private readonly list: Message[] = [];
  private readonly byId = new Map<string, Message>();
  private readonly replyList: Reply[] = [];
  private readonly blacklist = new Set<string>();
  /** Texts in the order their receipts came, which is the order of the pull queue. */
  private readonly reports: Message[] = [];
  private readonly pulled: Record<Queue, number> = { status: 0, reply: 0 };

  /**
   * Opens the journal in `dir`, creating both when missing. A last line cut off by a crash is dropped.
   * @throws CarrierStoreError when another line cannot be read
   */
  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    const file = path.join(dir, FILE);
    this.fd = openSync(file, 'a+');
    try {
      this.replay(file);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Keeps a message and gives it its id and time (`atMs`, UNIX milliseconds). */
  add(message: NewMessage, atMs = Date.now()): Message {
    const id = `m${String(this.list.length + 1).padStart(9, '0')}`;
    const kept: Message = { ...message, id, atMs };
    this.append({ type: 'message', message: kept });
    return kept;
  }

  /** Records the carrier's receipt for a text, or the end of a call. */
  report(id: string, status: 'delivered' | 'failed', code?: string, atMs = Date.now()): void {
    this.append({ type: 'report', id, atMs, status, ...(code === undefined ? {} : { code }) });
  }

  addReply(reply: Reply): void {
    this.append({ type: 'reply', reply });
  }

  /** Puts a number on the opt-out list for good. */
  optOut(to: string): void {
    if (!this.blacklist.has(to)) this.append({ type: 'blacklist', to });
  }

  optedOut(to: string): boolean {
    return this.blacklist.has(to);
  }

  get(id: string): Message | undefined {
    return this.byId.get(id);
  }

  /** Messages after the one named, or all, oldest first. */
  since(id?: string): readonly Message[] {
    return this.list.slice(id === undefined ? 0 : Number(id.slice(1)));
  }

  /** Receipts that have come, oldest first. */
  reported(): readonly Message[] {
    return this.reports;
  }

  replies(): readonly Reply[] {
    return this.replyList;
  }

  /** Takes at most `limit` records off a pull queue; nobody gets them again, not even after a restart. */
  pull(queue: 'status', limit: number): readonly Message[];
  pull(queue: 'reply', limit: number): readonly Reply[];
  pull(queue: Queue, limit: number): readonly (Message | Reply)[] {
    const records = queue === 'status' ? this.reports : this.replyList;
    const taken = records.slice(this.pulled[queue], this.pulled[queue] + limit);
    if (taken.length > 0) this.append({ type: 'pulled', queue, count: taken.length });
    return taken;
  }

  /** Closes the journal; whatever still comes in is refused, so that it is never taken for kept. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSync(this.fd);
  }

  private replay(file: string): void {
    const content = readFileSync(file, 'utf8');
    const whole = content.slice(0, content.lastIndexOf('\n') + 1);
    if (whole.length < content.length) ftruncateSync(this.fd, Buffer.byteLength(whole));
    whole.split('\n').forEach((line, index) => {
      if (line !== '') this.apply(readEntry(line, `${FILE}:${index + 1}`));
    });
  }

  private append(entry: Entry): void {
    if (this.closed) throw new CarrierStoreError('the carrier is stopping');
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    const { size } = fstatSync(this.fd);
    try {
      for (let written = 0; written < line.length;) written += writeSync(this.fd, line, written);
    } catch (error) {
      // Half a line of a full disk would make the next one unreadable: nothing was taken.
      ftruncateSync(this.fd, size);
      throw error;
    }
    this.apply(entry);
  }

  private apply(entry: Entry): void {
    switch (entry.type) {
      case 'message':
        this.list.push(entry.message);
        this.byId.set(entry.message.id, entry.message);
        return;
      case 'report':
        this.applyReport(entry);
        return;
      case 'reply':
        this.replyList.push(entry.reply);
        return;
      case 'blacklist':
        this.blacklist.add(entry.to);
        return;
      case 'pulled':
        this.pulled[entry.queue] += entry.count;
    }
  }

  private applyReport(entry: Extract<Entry, { type: 'report' }>): void {
    const message = this.byId.get(entry.id);
    if (!message) throw new CarrierStoreError(`a receipt for the unknown message ${entry.id}`);
    message.status = entry.status;
    message.reportedMs = entry.atMs;
    if (entry.code !== undefined) message.code = entry.code;
    if (message.channel === 'sms') this.reports.push(message);
  }
}

function readEntry(line: string, where: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch (error) {
    throw new CarrierStoreError(`${where} is not JSON`, { cause: error });
  }
}

/** Number without its country code, as Tencent's pushes and pulls name it. */
export function subscriber(to: string): { nationCode: string; local: string } {
  const phone = readPhone(to);
  return { nationCode: phone?.nationCode ?? '', local: phone?.local ?? to };
}
