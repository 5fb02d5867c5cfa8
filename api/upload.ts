/** Reads a form with a file (multipart/form-data) as a stream: the file goes into the store while it comes in. */
import type { Request } from 'express';
import busboy from 'busboy';
import { FileUnfit, MOST_FILE_BYTES, type UnfitKind } from '../domain/files/kinds';
import { discard, FileTooLarge, type Shelf, stage, type Staged } from '../store/attachments/stage';
import { badRequest, Problem, tooLarge, unprocessable, wrongMediaType } from './problem';

export interface UploadForm {
  /** The form's other fields, as they were typed. */
  fields: Record<string, string>;
  /** In the store, and nobody's yet: keep or discard it. */
  file?: Staged;
}

const MOST_FIELD_BYTES = 40_000;
const MOST_FIELDS = 20;
/** What a form is beside its file. */
const FORM_BYTES = MOST_FIELDS * MOST_FIELD_BYTES;
/** How much more is read of an upload that was refused, so that the answer is heard. */
const MOST_DRAINED = 2 * MOST_FILE_BYTES;

const STATUS: Record<UnfitKind, [number, string]> = {
  FileTypeUnsupported: [415, 'This kind of file is not taken'],
  FileNotWhatItSays: [422, 'The file is not what it says'],
  FileUnsafe: [422, 'The file is not safe'],
};

/** What a refused file is answered with. */
function uploadProblem(error: unknown): unknown {
  if (error instanceof FileTooLarge) return tooLarge(error.message);
  if (!(error instanceof FileUnfit)) return error;
  const [status, title] = STATUS[error.kind];
  return new Problem(status, error.kind, title, error.message, { cause: error });
}

/** A name without folders and without what a file system or a header could trip over. */
function cleanName(name: string | undefined): string {
  const last = (name ?? '').split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = last.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim();
  return plain.length > 120 ? `${plain.slice(0, 100)}${/\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? ''}` : plain;
}

/** Reads on, so that a client that is still sending hears its answer; up to a limit. */
function drain(req: Request): void {
  let drained = 0;
  req.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MOST_DRAINED) req.destroy();
  });
  req.on('error', () => undefined);
  req.resume();
}

/**
 * @param fieldName of the file
 * @param fields filled while the form comes in, so that what came before a refused file can be shown again
 * @throws Problem 413, 415, 422; 400 for a form that did not arrive whole. Nothing is left in the store then
 */
export async function readUpload(
  req: Request,
  shelf: Shelf,
  fieldName = 'file',
  fields: Record<string, string> = {},
): Promise<UploadForm> {
  if (!req.is('multipart/form-data')) throw wrongMediaType('send a form as multipart/form-data');
  if (Number(req.get('content-length') ?? 0) > MOST_FILE_BYTES + FORM_BYTES) {
    drain(req);
    throw uploadProblem(new FileTooLarge(MOST_FILE_BYTES));
  }
  let staging: Promise<Staged> | undefined;
  let failure: unknown;
  const form = formParser(req);
  const ended = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      failure ??= error;
      req.unpipe(form);
      drain(req);
      reject(failure);
    };
    form.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      if (nameTruncated || valueTruncated) fail(tooLarge('a field of the form is too long'));
      else fields[name] = value;
    });
    form.on('file', (name, stream, { filename, mimeType }) => {
      stream.on('error', () => undefined);
      // A browser sends an empty file where none was chosen.
      if (!filename) return void stream.resume();
      if (name !== fieldName || staging) {
        stream.resume();
        return fail(unprocessable([{ path: name === fieldName ? name : '', message: 'one file at a time' }]));
      }
      staging = stage(shelf, { name: cleanName(filename), said: mimeType, bytes: stream as AsyncIterable<Buffer> });
      staging.catch((error: unknown) => {
        stream.resume();
        fail(uploadProblem(error));
      });
    });
    form.on('fieldsLimit', () => fail(tooLarge('the form has too many fields')));
    form.on('error', () => fail(badRequest('the form did not arrive whole')));
    form.on('close', () => resolve());
    // A client that is gone: the parser hears of it, and with it whoever reads the file.
    const gone = (): void => {
      if (!req.complete) form.destroy(new Error('the client is gone'));
    };
    req.once('aborted', gone).once('close', gone);
    req.pipe(form);
  });
  try {
    await ended;
    return { fields, file: await staging };
  } catch (error) {
    const staged = await staging?.catch(() => undefined);
    if (staged) await discard(shelf, staged);
    throw failure ?? uploadProblem(error);
  }
}

function formParser(req: Request): busboy.Busboy {
  try {
    const limits = { fields: MOST_FIELDS, fieldSize: MOST_FIELD_BYTES, fieldNameSize: 100, files: 2, parts: 30 };
    return busboy({ headers: req.headers, limits, defParamCharset: 'utf8' });
  } catch {
    // No boundary in the Content-Type, or one that is none.
    throw badRequest('the form cannot be read');
  }
}
