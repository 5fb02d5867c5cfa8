/** One figure: what it says, its picture, and the numbers behind it. */
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FigureTable } from '../../api/types';
import { MINUTE, span } from '../../lib/time';
import { Empty } from '../../ui/bits';
import { stepName } from '../../ui/step-name';
import { Chart } from './chart';
import { ALL, type Column, drawnOf, heightOf, isDrawn, isSpan, optionOf, type Row, type Words } from './options';

/** A longer table stays folded until somebody asks for it. */
const MOST_OPEN = 10;

function rowWords(t: TFunction, by: FigureTable['by'], { key, name }: Row): string {
  if (key === ALL) return t('figures.all');
  if (by === 'step') return stepName(t, { kind: key, name });
  if (by === 'type' || by === 'risk') return t(`${by}.${key}`);
  return by === 'age' ? t(`figures.age.${key}`) : name;
}

function valueWords(t: TFunction, column: Column, value: number | null): string {
  if (value === null) return t('figures.none');
  if (column === 'rate') return `${value}%`;
  return isSpan(column) ? span(t, value * MINUTE) : String(value);
}

const columnWords = (t: TFunction, column: Column): string =>
  ['critical', 'high', 'medium', 'low'].includes(column) ? t(`risk.${column}`) : t(`figures.column.${column}`);

/** The words of a table, the same ones until the language or the table changes. */
function useWords(by: FigureTable['by']): Words {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      column: (column) => columnWords(t, column),
      row: (row) => rowWords(t, by, row),
      value: (column, value) => valueWords(t, column, value),
    }),
    [t, by],
  );
}

function Numbers({ table, words }: { table: FigureTable; words: Words }) {
  const { t } = useTranslation();
  return (
    <details className="numbers" open={table.rows.length <= MOST_OPEN}>
      <summary>{t('figures.numbers')}</summary>
      <div className="numbers-box" role="region" tabIndex={0} aria-label={t('figures.numbers')}>
        <table>
          <caption className="hidden">{t(`figures.title.${table.id}`)}</caption>
          <thead>
            <tr>
              <th scope="col">{t(`figures.by.${table.by}`)}</th>
              {table.columns.map((column) => (
                <th key={column} scope="col">
                  {words.column(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{words.row(row)}</th>
                {row.hidden ? (
                  <td colSpan={table.columns.length}>{t('figures.small')}</td>
                ) : (
                  table.columns.map((column, n) => <td key={column}>{words.value(column, row.values[n] ?? null)}</td>)
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** @param tables the same figure by one thing or another */
export function FigureCard({ tables }: { tables: readonly FigureTable[] }) {
  const { t } = useTranslation();
  const [wanted, setBy] = useState<FigureTable['by']>();
  const table = tables.find(({ by }) => by === wanted) ?? tables[0];
  const words = useWords(table?.by ?? 'risk');
  const option = useMemo(() => {
    if (!table) return {};
    return optionOf(table, words, drawnOf(table).columns.some(isSpan) ? t('figures.hours') : '');
  }, [table, words, t]);
  if (!table) return null;
  const title = t(`figures.title.${table.id}`);
  const drawn = isDrawn(table);
  return (
    <section className="card figure-card" aria-labelledby={`figure-${table.id}`}>
      <div className="page-head">
        <h2 id={`figure-${table.id}`}>{title}</h2>
        {tables.length > 1 && (
          <div className="segments" role="group" aria-label={t('figures.split')}>
            {tables.map(({ by }) => (
              <button key={by} type="button" aria-pressed={by === table.by} onClick={() => setBy(by)}>
                {t(`figures.by.${by}`)}
              </button>
            ))}
          </div>
        )}
      </div>
      <p className="meta">{t(`figures.hint.${table.id}`)}</p>
      {table.rows.length === 0 && <Empty>{t('figures.empty')}</Empty>}
      {drawn && (
        <Chart
          option={option}
          height={heightOf(table)}
          label={t('figures.picture', { title, by: t(`figures.by.${table.by}`) })}
        />
      )}
      {table.rows.length > 0 && <Numbers table={table} words={words} />}
    </section>
  );
}
