/** What a verification says. */
import type { Fault, FaultKind } from '../../store/proof/chain';
import type { Verdict } from '../../store/proof/verify';

const KINDS: Record<FaultKind, string> = {
  changed: '条目被改动',
  relinked: '条目衔接不上',
  removed: '条目缺失',
  cut_off: '日志尾部缺失',
  rewritten: '与锚定不符',
  case_removed: '整案缺失',
  anchor_changed: '锚定被改动',
  anchor_not_kept: '与外存锚定不符',
  anchor_removed: '锚定缺失',
  seal_broken: '锚定封印不符',
  access_log_changed: '查阅记录被改动',
};

function line({ kind, caseId, number, seq, day, says }: Fault): string {
  const where = [number, caseId, seq === undefined ? undefined : `#${seq}`, caseId ? undefined : day];
  return `✗ ${KINDS[kind]} ${kind}  ${where.filter((one) => one !== undefined).join(' ')}  ${says}`;
}

/** @param looked what was there to hold the anchors against */
export function asText(verdict: Verdict, looked: { seals: boolean; kept: number }): string {
  const { cases, events, anchors, newest, unknownKeys, faults } = verdict;
  const notes = [
    newest === undefined && '尚无锚定 · there is no anchor yet: rewriting a whole journal would not be found',
    !looked.seals && anchors > 0 && '未核对封印 · seals were not checked: VAULT_KEY is not set',
    unknownKeys > 0 && `${unknownKeys} 个锚定的密钥未知 · sealed under a key that is not known: set VAULT_KEYS_OLD`,
    looked.kept === 0 && anchors > 0 && '未与外存锚定比对 · not held against anchors kept outside: --kept FILE',
  ].filter((note) => note !== false);
  const counted = `${cases} 个案件，${events} 条日志，${anchors} 个锚定 · ${cases} cases, ${events} entries, ${anchors} anchors`;
  const end =
    faults.length === 0 ? `✓ 未发现改动 · nothing was changed` : `✗ ${faults.length} 处异常 · ${faults.length} faults`;
  return [...faults.map(line), ...notes.map((note) => `! ${note}`), counted, end].join('\n');
}

export const asJson = (verdict: Verdict): string => JSON.stringify(verdict, null, 2);

/** One line that is written over; nothing where it is not a terminal. */
export function progressLine(out: NodeJS.WriteStream) {
  if (!out.isTTY) return undefined;
  return ({ cases, events, ofCases }: { cases: number; events: number; ofCases: number }): void => {
    out.write(`\r${cases}/${ofCases} 个案件，${events} 条日志 …${cases >= ofCases ? '\n' : ''}`);
  };
}
