/** An alert's ladder (梯级) and everybody who was told, with what came back. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTold } from '../../api/desk-queries';
import type { Alert } from '../../api/types';
import { clockTime, span } from '../../lib/time';
import { Failed, Loading } from '../../ui/bits';

function Told({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const told = useTold(alert.id);
  if (told.isPending) return <Loading />;
  if (!told.data) return <Failed error={told.error} retry={told.refetch} />;
  const { ladder, items } = told.data;
  return (
    <>
      <ol className="ladder" aria-label={t('alert.ladder')}>
        {ladder.map((rung, index) => (
          <li
            key={rung.to}
            className={index <= alert.rung ? 'rung rung-told' : 'rung'}
            aria-current={index === alert.rung ? 'step' : undefined}
          >
            {t(`rung.${rung.to}`)}
            <small>
              {rung.afterMinutes === 0
                ? t('rung.atOnce')
                : t('rung.after', { span: span(t, rung.afterMinutes * 60_000) })}
            </small>
          </li>
        ))}
      </ol>
      <ul className="plain told">
        {items.map((item) => (
          <li key={`${item.at}${item.channel}${item.personId}`}>
            <span className="meta">{clockTime(Date.parse(item.at))}</span>{' '}
            {item.name ?? t(item.personKind === 'robot' ? 'told.group' : 'told.duty')} · {t(`channel.${item.channel}`)}{' '}
            · <span className={`delivery-${item.state}`}>{t(`delivery.${item.state}`)}</span>
            {item.code && item.state === 'failed' && <span className="meta"> {item.code}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Folded until somebody wants to know. */
export function WhoWasTold({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('alert.who')}</summary>
      {open && <Told alert={alert} />}
    </details>
  );
}
