/**
 * A copy of the whole PostgreSQL server at one moment, by the protocol that pg_basebackup speaks: our database and
 * Temporal's belong together, and nothing but the server's own log knows one moment for all of them.
 */
import pg from 'pg';

/** A piece of the copy: of the gzipped tar with every file, or of the manifest that has each file's SHA-256. */
export interface Piece {
  of: 'files' | 'manifest';
  bytes: Buffer;
}

/** The server keeps files outside its own folder, which one archive cannot hold. */
export class TablespacesUnsupported extends Error {
  override readonly name = 'TablespacesUnsupported';
}

/** CHECKPOINT fast: now, and not within five minutes. WAL: what the copy needs to come to rest is part of it. */
const COMMAND = `BASE_BACKUP (LABEL 'shouwang', CHECKPOINT 'fast', WAL true, MANIFEST 'yes',
  MANIFEST_CHECKSUMS 'SHA256', COMPRESSION 'gzip', COMPRESSION_DETAIL 'level=1')`;
/** How much waits for a slow disk before the server is made to wait. */
const WAITING_BYTES = 8 * 1024 * 1024;

interface CopyMessage {
  chunk: Buffer;
}

/** The reader's side of the running command; pg calls the handle… methods. */
class Copy {
  private readonly pieces: Piece[] = [];
  private waiting = 0;
  private of: Piece['of'] = 'files';
  private archives = 0;
  private over = false;
  private error: Error | undefined;
  private connection: pg.Connection | undefined;
  private wake = (): void => undefined;

  submit(connection: pg.Connection): void {
    this.connection = connection;
    connection.query(COMMAND);
  }

  handleCopyData({ chunk }: CopyMessage): void {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    if (kind === 'n') this.archives += 1;
    if (kind === 'm') this.of = 'manifest';
    if (kind !== 'd') return;
    // pg hands out a view of a buffer that it fills again.
    const bytes = Buffer.from(chunk.subarray(1));
    this.pieces.push({ of: this.of, bytes });
    this.waiting += bytes.length;
    if (this.waiting > WAITING_BYTES) this.connection?.stream.pause();
    this.wake();
  }

  handleError(error: Error): void {
    this.error = error;
    this.wake();
  }

  handleReadyForQuery(): void {
    this.over = true;
    this.wake();
  }

  /** Lets go of the server, also where the copy is not over. @returns whether it is */
  leave(): boolean {
    if (!this.over) this.connection?.stream.destroy();
    return this.over;
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  async *read(): AsyncGenerator<Piece> {
    for (;;) {
      const piece = this.pieces.shift();
      if (this.archives > 1) throw new TablespacesUnsupported('the server has tablespaces of its own');
      if (piece) {
        this.waiting -= piece.bytes.length;
        if (this.waiting <= WAITING_BYTES / 2) this.connection?.stream.resume();
        yield piece;
      } else if (this.error) throw this.error;
      else if (this.over) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/**
 * Copies the server while it is in use.
 * @param url of a role with REPLICATION; which database it names does not matter
 * @throws the server's error; TablespacesUnsupported
 */
export async function* baseBackup(url: string): AsyncGenerator<Piece> {
  // A walsender takes simple queries alone, and `replication` is no part of pg's published options.
  const options: pg.ClientConfig & { replication: string } = { connectionString: url, replication: 'true' };
  const client = new pg.Client(options);
  // The command under way hears of it; this keeps the process from ending over it.
  client.on('error', () => undefined);
  await client.connect();
  const copy = new Copy();
  try {
    client.query(copy);
    yield* copy.read();
  } finally {
    if (copy.leave()) await client.end();
  }
}
