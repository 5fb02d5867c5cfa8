import fc from 'fast-check';
import sharp from 'sharp';
import { clean } from '../../../domain/files/clean';
import type { MediaType } from '../../../domain/files/kinds';
import { checkSaid, typeOf } from '../../../domain/files/magic';
import { bytesOf, inPieces, m4a, OWNER, pdf, picture, PLACE, wav } from '../../support/files';

const cleaned = (type: MediaType, bytes: Buffer, options = {}, pieces = 1_000): Promise<Buffer> =>
  bytesOf(clean(type, inPieces(bytes, pieces), options));

describe.each(['jpeg', 'png', 'webp'] as const)('a %s', (kind) => {
  const type = `image/${kind}` as MediaType;

  test('loses its place and owner, and no pixel', async () => {
    const original = await picture(kind);
    expect(original.includes(OWNER)).toBe(true);
    const first = await cleaned(type, original);
    const copy = await cleaned(type, original, { size: first.length });
    expect(copy.includes(OWNER)).toBe(false);
    expect((await sharp(copy).metadata()).exif).toBeUndefined();
    const [before, after] = await Promise.all([sharp(original).raw().toBuffer(), sharp(copy).raw().toBuffer()]);
    expect(after.equals(before)).toBe(true);
  });

  test('says its size, is the same in whatever pieces it comes, and is refused when cut short', async () => {
    const original = await picture(kind, { width: 60, height: 40 });
    const sizes: object[] = [];
    const whole = await cleaned(type, original, { seen: (size: object) => sizes.push(size) });
    expect(sizes[0]).toEqual({ width: 60, height: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 200 }), async (size, less) => {
        expect((await cleaned(type, original, {}, size)).equals(whole)).toBe(true);
        await expect(cleaned(type, original.subarray(0, -less), {}, size)).rejects.toThrow(/not whole|damaged/);
      }),
      { numRuns: 40 },
    );
  });
});

test('a turned JPEG stays turned', async () => {
  const original = await picture('jpeg', { width: 60, height: 40, orientation: 6 });
  const copy = await cleaned('image/jpeg', original);
  expect((await sharp(copy).metadata()).orientation).toBe(6);
  expect(copy.includes('PhoneMaker')).toBe(false);
});

test('what is hung behind a JPEG does not leave with it', async () => {
  const film = Buffer.from('second picture with its own place');
  const copy = await cleaned('image/jpeg', Buffer.concat([await picture('jpeg'), film]));
  expect(copy.includes(film)).toBe(false);
});

test('too many pixels are refused before anything is decoded', async () => {
  const bomb = await picture('png', { width: 10, height: 10 });
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  await expect(cleaned('image/png', bomb)).rejects.toMatchObject({ name: 'FileUnfit', kind: 'FileUnsafe' });
});

test('a recording loses its place, keeps its length and its sound; a film is refused', async () => {
  const original = m4a();
  const copy = await cleaned('audio/mp4', original, {}, 7);
  expect(copy.includes(PLACE)).toBe(false);
  expect(copy.length).toBe(original.length);
  expect(copy.includes(Buffer.alloc(5_000, 7))).toBe(true);
  await expect(cleaned('audio/mp4', m4a('vide'))).rejects.toMatchObject({ kind: 'FileTypeUnsupported' });
});

test('a PDF that carries programs is refused, however its names are written and wherever it is cut', async () => {
  expect((await cleaned('application/pdf', pdf())).equals(pdf())).toBe(true);
  for (const inside of ['/OpenAction<</S/JavaScript/JS(app.alert)>>', '/AA<</S/#4aava#53cript>>', '/A<</S/Launch>>']) {
    for (const pieces of [1, 7, 64, 10_000]) {
      await expect(cleaned('application/pdf', pdf(inside), {}, pieces)).rejects.toMatchObject({ kind: 'FileUnsafe' });
    }
  }
  await expect(cleaned('application/pdf', pdf().subarray(0, -10))).rejects.toMatchObject({ kind: 'FileNotWhatItSays' });
});

test('the content says what a file is, and what it is called may not say otherwise', async () => {
  const jpeg = await picture('jpeg');
  expect(typeOf(jpeg)).toBe('image/jpeg');
  expect(typeOf(wav(9))).toBe('audio/wav');
  expect(typeOf(m4a())).toBe('audio/mp4');
  expect(typeOf(Buffer.from('#!AMR\n....'))).toBe('audio/amr');
  for (const head of ['PK\u0003\u0004 a workbook', '<html><script>', 'MZ a program', '....ftypheic....']) {
    expect(() => typeOf(Buffer.from(head, 'latin1'))).toThrow(expect.objectContaining({ kind: 'FileTypeUnsupported' }));
  }
  checkSaid('image/jpeg', 'image/jpeg; q=1', 'IMG_1.JPG');
  checkSaid('image/jpeg', 'application/octet-stream', '没有后缀');
  expect(() => checkSaid('image/jpeg', 'application/pdf', 'a.jpg')).toThrow('Content-Type');
  expect(() => checkSaid('image/jpeg', 'image/jpeg', 'a.pdf')).toThrow('ending');
});

test('arbitrary bytes are refused or pass, and never make anything else fail', async () => {
  const types: MediaType[] = ['image/jpeg', 'image/png', 'image/webp', 'audio/mp4', 'application/pdf'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...types),
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      async (type, bytes) => {
        const outcome = await cleaned(type, Buffer.from(bytes)).then(
          () => 'FileUnfit',
          (error: Error) => error.name,
        );
        expect(outcome).toBe('FileUnfit');
      },
    ),
    { numRuns: 300 },
  );
});
