/** The text of a PDF as a reader extracts it, page by page. */
import { spawnSync } from 'node:child_process';
import { PROJECT } from '../../sandbox/config';

/** unpdf exists as an ES module only, which Jest's own loader cannot require: a process of its own reads. */
const PROGRAM = `
import { extractText, getDocumentProxy } from 'unpdf';
const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
const { text } = await extractText(await getDocumentProxy(new Uint8Array(Buffer.concat(pieces))), { mergePages: false });
process.stdout.write(JSON.stringify(text));
`;

/** Without spaces, which a PDF puts between glyphs as it likes. */
export function pdfPages(bytes: Buffer): string[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: PROJECT,
    input: bytes,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`the PDF cannot be read: ${stderr.toString()}`);
  return (JSON.parse(stdout.toString()) as string[]).map((page) => page.replaceAll(/\s/g, ''));
}
