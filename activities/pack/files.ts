/** A pack's files and their manifest, and all of them as one ZIP. */
import { createHash } from 'node:crypto';
import { zipSync, type Zippable } from 'fflate';
import { rfc3339 } from '../../domain/zone';
import { type SheetCell, writeXlsx } from '../../runtime/xlsx';
import type { Gathered } from './gather';
import type { Collected } from './proofs';
import { reportOf } from './report';
import { asOfText, sheetsOf } from './sheets';
import { INDICATOR_HEADING, indicatorRow } from './words';
import { dateOf, momentsOf, shareGone } from '../../domain/services/term';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The indicators as a plain table, to read and to print. */
function tableOf(gathered: Gathered): string {
  const { contract, evaluation, counted, at } = gathered;
  const line = (cells: readonly SheetCell[]): string =>
    `| ${cells.map((cell) => String(cell ?? '—').replaceAll('|', '／')).join(' | ')} |`;
  const gone = Math.round(shareGone(momentsOf(contract.term), at) * 100);
  return [
    `# ${contract.name} ${evaluation.name}`,
    '',
    `- 购买方：${contract.buyer}`,
    `- 承接方：${contract.contractor}`,
    `- 服务期：${dateOf(contract.term.fromDay)} 至 ${dateOf(contract.term.toDay)}，已过 ${gone}%`,
    `- 数据截至：${asOfText(gathered)}`,
    '',
    line(INDICATOR_HEADING),
    line(INDICATOR_HEADING.map(() => '---')),
    ...counted.map((one, index) => line(indicatorRow(one, index))),
    '',
  ].join('\n');
}

/** The files by name, the manifest last. @param madeAt milliseconds since the epoch */
export async function filesOf(gathered: Gathered, proofs: Collected, madeAt: number): Promise<Map<string, Uint8Array>> {
  const { contract, evaluation, at, preliminary, sampling } = gathered;
  const files = new Map<string, Uint8Array>([
    ['report.docx', await reportOf(gathered, proofs)],
    ['indicators.xlsx', writeXlsx(sheetsOf(gathered))],
    ['indicators.md', Buffer.from(tableOf(gathered), 'utf8')],
    ...proofs.files,
  ]);
  const manifest = {
    ...{
      contract: contract.id,
      stage: evaluation.stage,
      asOf: rfc3339(at),
      preliminary,
      madeAt: rfc3339(madeAt),
      sampling,
    },
    omitted: proofs.omitted,
    files: [...files].map(([name, content]) => ({ name, bytes: content.length, sha256: sha256(content) })),
  };
  return files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8'));
}

/** What is compressed already is only put in. */
const PACKED = /\.(docx|xlsx|jpe?g|png|webp|pdf)$/;

/** One ZIP of them all. */
export const zipOf = (files: ReadonlyMap<string, Uint8Array>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      [...files].map(([name, content]): [string, Zippable[string]] => [
        name,
        [new Uint8Array(content), { level: PACKED.test(name) ? 0 : 6 }],
      ]),
    ),
  );
