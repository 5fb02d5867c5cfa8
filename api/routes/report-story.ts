/** A report in words, for the case that it is joined to. It goes from vault to vault. */
import { formatBeijing } from '../../domain/zone';
import type { QueuedReport } from '../../store/reports/queue';
import type { OpenedCase } from '../../store/vault';

const WORDS: Record<string, string> = {
  name: '姓名',
  sex: '性别',
  birthDate: '出生日期',
  idNumber: '身份证号',
  phone: '电话',
  address: '地址',
  role: '身份',
};

const line = (title: string, known: unknown): string[] => {
  const fields = typeof known === 'object' && known !== null ? Object.entries(known) : [];
  const said = fields.flatMap(([field, value]) =>
    typeof value === 'string' ? [`${WORDS[field] ?? field} ${value}`] : [],
  );
  return said.length > 0 ? [`${title}：${said.join('，')}`] : [];
};

/** Without who reported (报告人): notes of a case are read by the whole station. The report itself says it, to those who may know. */
export function storyOf({ number, receivedAt, source }: QueuedReport, opened: OpenedCase): string {
  return [
    `报告 ${number}，${formatBeijing(receivedAt.getTime())} 收到（${source?.name ?? '公众页面'}）。`,
    ...(typeof opened.narrative === 'string' ? [opened.narrative] : []),
    ...line('儿童', opened.child),
  ].join('\n');
}
