/** All open cases: a table on a desk, cards on a phone. */
import { Select, Table, type TableColumnsType } from 'antd';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useStaff, useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import { type CaseSummary, RISKS } from '../../api/types';
import { byLatenessAndRisk } from '../../lib/order';
import { caseNow, Due, Empty, RiskTag } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { stepName } from '../../ui/step-name';
import { ListFiles } from '../../ui/list-files';
import { useToast } from '../../ui/toast';
import { Assign } from '../case/actions';

interface Row extends CaseSummary {
  key: string;
  now: number;
}

const NARROW = matchMedia('(max-width: 760px)');
const onWidth = (changed: () => void): (() => void) => {
  NARROW.addEventListener('change', changed);
  return () => NARROW.removeEventListener('change', changed);
};
const useNarrow = (): boolean => useSyncExternalStore(onWidth, () => NARROW.matches);

interface Props {
  cases: readonly CaseSummary[];
  readAt: number;
  now: number;
}

/** The rows in the board's order, narrowed down as asked. */
function useRows({ cases, readAt, now }: Props) {
  const { t } = useTranslation();
  const { data: stations = [] } = useStations();
  const [risk, setRisk] = useState<string>();
  const [station, setStation] = useState<string>();
  const rows = useMemo<Row[]>(
    () =>
      cases
        .filter(
          (one) => (risk === undefined || one.risk === risk) && (station === undefined || one.stationId === station),
        )
        .toSorted(byLatenessAndRisk)
        .map((one) => ({ ...one, key: one.id, now: caseNow(one.asOf, readAt, now) })),
    [cases, readAt, now, risk, station],
  );
  const filters = (
    <div className="filters">
      <Select
        allowClear
        aria-label={t('report.danger')}
        placeholder={t('board.allRisks')}
        options={RISKS.map((value) => ({ value, label: t(`risk.${value}`) }))}
        value={risk}
        onChange={setRisk}
      />
      {stations.length > 1 && (
        <Select
          allowClear
          aria-label={t('report.station')}
          placeholder={t('board.allStations')}
          options={stations.map(({ id, name }) => ({ value: id, label: name }))}
          value={station}
          onChange={setStation}
          popupMatchSelectWidth={false}
        />
      )}
      <ListFiles of="cases" asked={{ risk }} />
    </div>
  );
  return { rows, filters, stations };
}

function NextStep({ row }: { row: Row }) {
  const { t } = useTranslation();
  if (!row.nextStep) return <span className="meta">{t('board.noStep')}</span>;
  return (
    <>
      <span className="work-step">{stepName(t, row.nextStep)}</span>
      <Due at={Date.parse(row.nextStep.dueAt)} now={row.now} />
    </>
  );
}

export function CaseTable(props: Props) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { data: staff = [] } = useStaff();
  const { rows, filters, stations } = useRows(props);
  const narrow = useNarrow();
  const say = useToast();
  const [assigning, setAssigning] = useState<Row>();
  const nameOf = (id: string | null): string => staff.find((one) => one.id === id)?.name ?? id ?? t('case.nobody');
  const assign = (row: Row) =>
    may('case:work') && (
      <button type="button" className="button small" onClick={() => setAssigning(row)}>
        {t(row.assignee === null ? 'assign.title' : 'assign.again')}
        <span className="hidden">{row.number}</span>
      </button>
    );
  const title = (row: Row) => (
    <>
      <Link to={`/cases/${row.id}`}>{row.number}</Link>
      {row.status === 'closing' && <span className="tag">{t('status.closing')}</span>}
      {row.workflow === 'pending' && <span className="tag">{t('case.pending')}</span>}
    </>
  );
  const columns: TableColumnsType<Row> = [
    { key: 'number', title: t('board.number'), render: (_value, row) => title(row) },
    { key: 'risk', title: t('report.danger'), render: (_value, row) => <RiskTag risk={row.risk} /> },
    { key: 'type', title: t('report.type'), render: (_value, row) => t(`type.${row.type}`) },
    { key: 'next', title: t('board.next'), render: (_value, row) => <NextStep row={row} /> },
    ...(stations.length > 1
      ? [
          {
            key: 'station',
            title: t('report.station'),
            render: (_value: unknown, row: Row) =>
              stations.find(({ id }) => id === row.stationId)?.name ?? row.stationId,
          },
        ]
      : []),
    {
      key: 'assignee',
      title: t('board.assignee'),
      render: (_value, row) => (
        <>
          {nameOf(row.assignee)} {assign(row)}
        </>
      ),
    },
  ];
  return (
    <>
      {filters}
      {rows.length === 0 && <Empty>{t('board.none')}</Empty>}
      {rows.length > 0 &&
        (narrow ? (
          <ul className="plain">
            {rows.map((row) => (
              <li key={row.id} className={`card case-card ${row.overdue ? 'is-late' : ''}`}>
                <p className="case-line">
                  <RiskTag risk={row.risk} /> {title(row)} <span>{t(`type.${row.type}`)}</span>
                </p>
                <NextStep row={row} />
                <p className="case-line">
                  {nameOf(row.assignee)} {assign(row)}
                </p>
              </li>
            ))}
          </ul>
        ) : (
          <div className="table-box" role="region" aria-labelledby="board-cases" tabIndex={0}>
            <Table<Row>
              columns={columns}
              dataSource={rows}
              pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
              rowClassName={(row) => (row.overdue ? 'is-late' : '')}
              size="middle"
            />
          </div>
        ))}
      {assigning && (
        <Dialog title={`${assigning.number} · ${t('assign.title')}`} onClose={() => setAssigning(undefined)}>
          <Assign
            file={assigning}
            onDone={(said) => {
              setAssigning(undefined);
              say(said);
            }}
          />
        </Dialog>
      )}
    </>
  );
}
