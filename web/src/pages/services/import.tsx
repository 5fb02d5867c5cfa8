/** Lists that a station has (导入台账): chosen, looked through cell by cell, and taken over whole or not at all. */
import { type ChangeEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { NoSignal, refusedFrom } from '../../api/client';
import { useSession } from '../../api/session';
import { messageOf } from '../../ui/problem';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
type List = 'children' | 'visits';

interface Found {
  committed: boolean;
  rows: number;
  fresh: number | null;
  known: number | null;
  problems: { row: number; column: string; message: string }[];
}

/** The generated client speaks JSON; a list goes as the file that it is. @throws Refused, NoSignal */
async function send(list: List, file: File, commit: boolean): Promise<Found> {
  let response: Response;
  try {
    const url = `/api/v1/imports/${list}?commit=${commit}`;
    response = await fetch(url, { method: 'POST', headers: { 'content-type': XLSX }, body: await file.arrayBuffer() });
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusedFrom(response, body);
  return body as Found;
}

function Problems({ found }: { found: Found }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="verdict verdict-bad" role="alert">
        {t('imports.wrong', { count: found.problems.length })}
      </p>
      <div className="import-problems" tabIndex={0} role="region" aria-label={t('imports.problems')}>
        <table>
          <caption className="hidden">{t('imports.problems')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('imports.row')}</th>
              <th scope="col">{t('imports.column')}</th>
              <th scope="col">{t('imports.what')}</th>
            </tr>
          </thead>
          <tbody lang="zh-CN">
            {found.problems.map(({ row, column, message }, n) => (
              <tr key={n}>
                <td>{row}</td>
                <td>{column}</td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function ListCard({ list }: { list: List }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [file, setFile] = useState<File>();
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const run = (chosen: File, commit: boolean): void => {
    setBusy(true);
    setError(undefined);
    send(list, chosen, commit)
      .then(async (answered) => {
        setFound(answered);
        if (commit) await client.invalidateQueries();
      })
      .catch((reason: unknown) => {
        setFound(undefined);
        setError(reason);
      })
      .finally(() => setBusy(false));
  };
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const [chosen] = event.target.files ?? [];
    // The same file may be chosen again once it is mended.
    event.target.value = '';
    if (!chosen) return;
    setFile(chosen);
    run(chosen, false);
  };
  const fine = found?.problems.length === 0;
  return (
    <section className="card" aria-labelledby={`import-${list}`}>
      <h2 id={`import-${list}`}>{t(`imports.${list}`)}</h2>
      <p className="hint">{t(`imports.${list}Hint`)}</p>
      <div className="actions camera">
        <a className="button" href={`/api/v1/imports/${list}/template`} download>
          {t('imports.template')}
          <span className="hidden"> {t(`imports.${list}`)}</span>
        </a>
        <input id={`import-file-${list}`} className="hidden" type="file" accept={`.xlsx,${XLSX}`} onChange={choose} />
        <label htmlFor={`import-file-${list}`} className="button">
          {t('imports.choose')}
          <span className="hidden"> {t(`imports.${list}`)}</span>
        </label>
      </div>
      <div role="status">
        {busy && <p>{t('state.busy')}</p>}
        {!busy && found && fine && (
          <p className={found.committed ? 'record-saved' : 'import-preview'}>
            {file?.name}：{t(found.committed ? 'imports.done' : 'imports.preview', { ...found })}
          </p>
        )}
      </div>
      {!busy && found && !fine && <Problems found={found} />}
      {!busy && error !== undefined && (
        <p className="wrong" role="alert">
          {messageOf(t, error)}
        </p>
      )}
      {!busy && file && found && fine && !found.committed && (
        <button type="button" className="button primary" disabled={found.fresh === 0} onClick={() => run(file, true)}>
          {found.fresh === 0 ? t('imports.nothing') : t('imports.take', { count: found.fresh ?? 0 })}
        </button>
      )}
    </section>
  );
}

export function ImportPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  return (
    <div className="imports">
      <div className="page-head">
        <h1>{t('imports.title')}</h1>
        <Link to="/services">{t('services.toCalendar')}</Link>
      </div>
      <p>{t('imports.text')}</p>
      <ListCard list="children" />
      {may('service:correct') && <ListCard list="visits" />}
    </div>
  );
}
