/** The policy (时限规则): the table as people know it, and what a case would have by it. */
import '../../styles/desk.css';
import { useQuery } from '@tanstack/react-query';
import { Table, type TableColumnsType } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import { type PolicyTable, RISKS } from '../../api/types';
import { span } from '../../lib/time';
import { basisWords } from '../../ui/basis';
import { Failed, Loading, RiskTag } from '../../ui/bits';
import { Desk } from '../../ui/desk';
import { stepName } from '../../ui/step-name';
import { Publish } from './publish';
import { Versions } from './versions';
import { WhatIf } from './what-if';
import { conditionWords } from './when-words';

type Rule = PolicyTable['rules'][number];
type Row = Rule & { key: string };

/** When a rule holds, in words. */
const whenWords = (t: TFunction, { start, when }: Rule): string[] => [
  t('policy.from', { start: t(`event.${start}`) }),
  ...conditionWords(t, when),
];

function Rules({ table }: { table: PolicyTable }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<Row> = [
    {
      key: 'step',
      title: t('policy.step'),
      render: (_value, rule) => (
        <>
          <strong>{stepName(t, rule)}</strong>
          {rule.binds === 'watch' && <span className="tag">{t('step.watch')}</span>}
        </>
      ),
    },
    {
      key: 'when',
      title: t('policy.when'),
      render: (_value, rule) => whenWords(t, rule).map((words) => <div key={words}>{words}</div>),
    },
    ...RISKS.map((risk) => ({
      key: risk,
      title: <RiskTag risk={risk} />,
      render: (_value: unknown, rule: Row) => {
        const every = rule.every?.[risk];
        return (
          <>
            {rule.due[risk] ?? t('policy.none')}
            {every && <small className="meta">{t('policy.every', { span: every })}</small>}
          </>
        );
      },
    })),
    {
      key: 'basis',
      title: t('basis.label'),
      render: (_value, rule) => (
        <>
          {basisWords(t, rule.basis)}
          {rule.basis.note && <small className="meta">{rule.basis.note}</small>}
        </>
      ),
    },
  ];
  const rows = table.rules.map((rule, index) => ({ ...rule, key: String(index) }));
  return (
    <div className="table-box" role="region" aria-labelledby="policy-rules" tabIndex={0}>
      <Table<Row> className="rules" columns={columns} dataSource={rows} pagination={false} size="small" />
    </div>
  );
}

function Ladders({ table }: { table: PolicyTable }) {
  const { t } = useTranslation();
  const minutes = (count: number): string => span(t, count * 60_000);
  return (
    <ul className="plain ladders">
      {RISKS.flatMap((risk) => {
        const ladder = table.ladders[risk];
        if (!ladder) return [];
        return (
          <li key={risk}>
            <RiskTag risk={risk} />{' '}
            {ladder.rungs
              .map(
                ({ to, afterMinutes }) =>
                  `${t(`rung.${to}`)} ${afterMinutes === 0 ? t('rung.atOnce') : t('rung.after', { span: minutes(afterMinutes) })}`,
              )
              .join(' → ')}
            <span className="meta">
              {t('policy.ladder', { repeat: minutes(ladder.repeatMinutes), buys: minutes(ladder.ackBuysMinutes) })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

export default function PolicyPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const table = useQuery({
    queryKey: ['policy'],
    queryFn: () => answer(api.GET('/api/v1/policies/current')),
    staleTime: 60_000,
  });
  if (table.isPending) return <Loading />;
  if (!table.data) return <Failed error={table.error} retry={table.refetch} />;
  return (
    <Desk>
      <h1>{t('policy.title')}</h1>
      <p className="meta">
        {table.data.name} · {t('case.policy', { version: table.data.version })}
      </p>
      <section className="card wide-card" aria-labelledby="policy-what-if">
        <h2 id="policy-what-if">{t('whatIf.title')}</h2>
        <WhatIf />
      </section>
      <section className="card wide-card" aria-labelledby="policy-ladders">
        <h2 id="policy-ladders">{t('policy.ladders')}</h2>
        <Ladders table={table.data} />
      </section>
      <section className="card wide-card" aria-labelledby="policy-versions">
        <h2 id="policy-versions">{t('publish.versions')}</h2>
        <Versions />
      </section>
      {may('policy:propose') && (
        <section className="card wide-card" aria-labelledby="policy-publish">
          <h2 id="policy-publish">{t('publish.title')}</h2>
          <Publish />
        </section>
      )}
      <section aria-labelledby="policy-rules">
        <h2 id="policy-rules">{t('policy.rules')}</h2>
        <Rules table={table.data} />
      </section>
    </Desk>
  );
}
