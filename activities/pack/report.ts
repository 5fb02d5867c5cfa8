/** The mid-term and the final report (评估报告) as DOCX: figures, charts, lists, the sample, places to sign. */
import { barsSvg, burnUpSvg } from '../../domain/services/charts';
import { UNIT_NAMES } from '../../domain/services/contract';
import { behindText } from '../../domain/services/pace';
import { dateOf, momentsOf, shareGone } from '../../domain/services/term';
import { beijing } from '../../domain/zone';
import type { Counted } from '../../store/services/figures';
import type { Gathered } from './gather';
import {
  body,
  type Block,
  type Cell,
  caption,
  gap,
  heading,
  paperOf,
  picture,
  signature,
  subheading,
  table,
  title,
} from './paper';
import { pictureOf } from './picture';
import type { Collected } from './proofs';
import { asOfText } from './sheets';
import { dayOf, kindName, minuteOf, PARTS, placeName, recordName, STATES, THEMES, withUnit } from './words';

/** Lists in the report end here; the spreadsheet has them whole. */
const MOST_LISTED = 200;
const NUMERALS = ['一', '二', '三'];

const reached = ({ indicator, standing }: Counted): string =>
  standing.actual === null ? '—' : `${Math.floor((standing.actual / indicator.target) * 1000) / 10}%`;

const longDay = (ms: number): string => {
  const { year, month, day } = beijing(ms);
  return `${year}年${month}月${day}日`;
};

function about(gathered: Gathered): Block[] {
  const { contract, evaluation, stationName, at } = gathered;
  const { term, budget, payments } = contract;
  const gone = Math.round(shareGone(momentsOf(term), at) * 1000) / 10;
  const rows: Cell[][] = [
    ['购买方', contract.buyer, '承接方', contract.contractor],
    ['工作站', stationName, '合同金额', `${budget.toLocaleString('zh-CN')}元`],
    ['服务期', `${dateOf(term.fromDay)} 至 ${dateOf(term.toDay)}`, '服务期已过', `${gone}%`],
    [evaluation.name, dateOf(evaluation.day), '数据截至', asOfText(gathered)],
    ...payments.map(({ name, amount, day }) => ['付款', name, `${amount}元`, day === undefined ? '—' : dateOf(day)]),
  ];
  return [
    heading('一、基本情况'),
    body(
      `本报告依据《${contract.name}》编制。各项数字由系统从服务记录、个案和在岗登记中逐条统计，未经手工填写；每个数字均可查到对应的记录。`,
    ),
    caption('表1　合同基本情况'),
    table([18, 32, 18, 32], undefined, rows),
  ];
}

const HEADING = ['序号', '指标', '目标', '实际', '完成率', '状态'];
const indicatorTable = (counted: readonly Counted[]): Block =>
  table(
    [8, 32, 15, 15, 14, 16],
    HEADING,
    counted.map((one, i) => [
      ...[i + 1, one.indicator.name, withUnit(one.indicator.target, one), withUnit(one.standing.actual, one)],
      ...[reached(one), STATES[one.standing.state]],
    ]),
  );

function figures({ counted }: Gathered): Block[] {
  const [met, behind] = [
    counted.filter((one) => one.standing.state === 'met'),
    counted.filter((one) => one.standing.state === 'behind'),
  ];
  const open = counted.length - met.length;
  const present = (['output', 'performance'] as const).filter((part) =>
    counted.some((one) => one.indicator.part === part),
  );
  const parts = present.flatMap((part, i) => {
    const own = counted.filter((one) => one.indicator.part === part);
    return [
      subheading(`（${NUMERALS[i]}）${PARTS[part]}`),
      caption(`表${i + 2}　${PARTS[part]}完成情况`),
      indicatorTable(own),
    ];
  });
  return [
    heading('二、指标完成情况'),
    body(`合同共设${counted.length}项指标，已达标${met.length}项，未达标或暂无数据${open}项。`),
    ...parts,
    ...(behind.length > 0
      ? [
          subheading(`（${NUMERALS[present.length]}）需要说明的指标`),
          ...behind.map((one) => body(`${behindText(one)}。`)),
        ]
      : []),
  ];
}

function charts({ counted, contract, progress }: Gathered): Block[] {
  const bars = counted.map((one) => ({
    name: one.indicator.name,
    said: `${withUnit(one.standing.actual, one)}/${withUnit(one.indicator.target, one)}`,
    share: (one.standing.actual ?? 0) / one.indicator.target,
    state: one.standing.state,
  }));
  const growing = counted.filter(({ indicator }) => progress.has(indicator.id));
  return [
    heading('三、进度图'),
    caption('图1　各项指标完成进度'),
    picture(pictureOf(barsSvg(bars)), 580, '各项指标完成进度'),
    ...growing.flatMap(({ indicator, standing }, i) => {
      const { id, name, unit, target } = indicator;
      const points = progress.get(id) ?? [];
      const drawing = {
        name,
        unit: UNIT_NAMES[unit],
        target,
        term: contract.term,
        horizonDay: standing.horizonDay,
        points,
      };
      const words = `图${i + 2}　${name}累计进度（虚线为均衡进度）`;
      return [caption(words), picture(pictureOf(burnUpSvg(drawing)), 440, words)];
    }),
  ];
}

const more = (all: readonly unknown[]): Block[] =>
  all.length > MOST_LISTED ? [body(`以上列出前${MOST_LISTED}条，共${all.length}条，全部记录见电子表格。`)] : [];

function activities({ kinds, groups, events, answers }: Gathered): Block[] {
  const sums: Cell[][] = kinds.map(({ kind, records, people, minutes }) => [
    kindName(kind),
    records,
    people,
    Math.round(minutes / 6) / 10,
  ]);
  return [
    heading('四、服务开展情况'),
    subheading('（一）分类汇总'),
    ...(sums.length > 0
      ? [table([34, 22, 22, 22], ['服务类别', '次数', '人次', '时长（小时）'], sums)]
      : [body('本期尚无服务记录。')]),
    ...(groups.length > 0
      ? [
          subheading('（二）小组'),
          table(
            [30, 16, 12, 12, 15, 15],
            ['小组', '主题', '活动次数', '人次', '首次', '末次'],
            groups
              .slice(0, MOST_LISTED)
              .map((one) => [
                ...[
                  one.title,
                  THEMES[one.theme] ?? one.theme,
                  one.sessions,
                  one.people,
                  dayOf(one.first),
                  dayOf(one.last),
                ],
              ]),
          ),
          ...more(groups),
        ]
      : []),
    ...(events.length > 0
      ? [
          subheading('（三）社区活动和宣传培训'),
          table(
            [34, 15, 22, 12, 17],
            ['活动名称', '类别', '时间', '人次', '地点'],
            events
              .slice(0, MOST_LISTED)
              .map((one) => [...[one.title, kindName(one.kind), minuteOf(one.at), one.people, placeName(one.place)]]),
          ),
          ...more(events),
        ]
      : []),
    subheading('（四）满意度'),
    body(
      `收到有效答卷${answers.paper + answers.survey}份，其中纸质问卷${answers.paper}份，扫码小问卷${answers.survey}份。扫码小问卷不记名，一张卡片只能答一次。`,
    ),
  ];
}

function sample({ counted, samples, sampling }: Gathered): Block[] {
  const rows = counted.flatMap(({ indicator }) =>
    (samples.get(indicator.id) ?? []).map((one): Cell[] => [
      ...[indicator.name, recordName(one), one.at && minuteOf(one.at), kindName(one.kind), one.people],
    ]),
  );
  return [
    heading('五、口径与抽样'),
    ...counted.flatMap(({ indicator }) =>
      indicator.note === undefined ? [] : [body(`${indicator.name}：${indicator.note}。`)],
    ),
    body(
      `每项指标随机抽取${sampling.size}条记录核查。抽样种子为“${sampling.seed}”，以 HMAC-SHA-256 对记录编号排序，同一种子可重复抽出同一样本。在册儿童只列编号，不列姓名。`,
    ),
    ...(rows.length > 0
      ? [
          caption(`表${new Set(counted.map(({ indicator }) => indicator.part)).size + 2}　抽样清单`),
          table([20, 38, 20, 14, 8], ['指标', '编号', '时间', '类型', '人次'], rows),
        ]
      : []),
  ];
}

function evidence({ files, omitted, sampled }: Collected): Block[] {
  const left = omitted.length > 0 ? `，另有${omitted.length}张因容量或文件缺失未附，见清单` : '';
  return [
    heading('六、佐证材料'),
    body(
      `随附经督导审核、看不出儿童身份的图片${files.size}张${left}。图片已去除拍摄地点、时间等信息，以记录编号命名；每个文件的校验值（SHA-256）见 manifest.json。`,
    ),
    body(`抽样的${sampled.all}条服务记录中，${sampled.documented}条附有佐证图片。`),
  ];
}

function signing({ contract, at }: Gathered): Block[] {
  const rows: Cell[][] = [
    ['承接方（盖章）', '', '项目负责人（签字）', ''],
    ['购买方（盖章）', '', '经办人（签字）', ''],
    ['评估机构（盖章）', '', '评估人员（签字）', ''],
    ['签署日期', '', '评估日期', ''],
  ];
  return [
    gap(),
    caption('签署页'),
    table([22, 28, 24, 26], undefined, rows, 200),
    table([22, 78], undefined, [['评估意见', '']], 700),
    gap(),
    signature(contract.contractor),
    signature(longDay(at)),
  ];
}

/** 《……合同》中期评估报告 */
export function reportOf(gathered: Gathered, proofs: Collected): Promise<Buffer> {
  const { contract, evaluation } = gathered;
  const name = `${contract.name}${evaluation.name}报告`;
  return paperOf(name, contract.contractor, [
    title(contract.name),
    title(`${evaluation.name}报告`),
    gap(),
    ...about(gathered),
    ...figures(gathered),
    ...charts(gathered),
    ...activities(gathered),
    ...sample(gathered),
    ...evidence(proofs),
    ...signing(gathered),
  ]);
}
