/** Cards of the children's survey (满意度小问卷) after a service: shown one by one on this phone, or printed. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useWrite } from '../../api/write';
import { Failed, Field } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';

const MOST = 100;

/** The next unused card, anew after each answer. Its code is drawn by our own server. */
function Cards({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const survey = useQuery({
    queryKey: ['surveys', id],
    queryFn: () => answer(api.GET('/api/v1/surveys/{id}', { params: { path: { id } } })),
    refetchInterval: 5_000,
  });
  const [card] = survey.data?.open ?? [];
  return (
    <Dialog title={t('surveys.title')} onClose={onClose}>
      {survey.error && <Failed error={survey.error} retry={survey.refetch} />}
      {card && (
        <>
          <p className="survey-question">{survey.data?.question}</p>
          <img
            className="survey-code"
            src={`data:image/svg+xml;utf8,${encodeURIComponent(card.qr)}`}
            alt={t('surveys.code')}
          />
          <p className="hint">{t('surveys.show')}</p>
          <p>
            <a href={card.url} target="_blank" rel="noreferrer">
              {t('surveys.here')}
            </a>
          </p>
        </>
      )}
      {survey.data && !card && <p>{t('surveys.over')}</p>}
      {survey.data && (
        <p role="status">
          {t('surveys.answered', { answers: survey.data.answers, cards: survey.data.cards })}{' '}
          <a href={`/api/v1/surveys/${id}/cards`} target="_blank" rel="noreferrer">
            {t('surveys.print')}
          </a>
        </p>
      )}
    </Dialog>
  );
}

export function Surveys({ serviceId }: { serviceId: string }) {
  const { t } = useTranslation();
  const [cards, setCards] = useState(10);
  const [open, setOpen] = useState<string>();
  const known = useQuery({
    queryKey: ['surveys', 'of', serviceId],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/surveys', { params: { query: { service: serviceId, limit: 50 } } }))).items,
  });
  const write = useWrite(['surveys'], (body: { cards: number }, header) =>
    answer(api.POST('/api/v1/services/{id}/surveys', { body, params: { path: { id: serviceId }, header } })),
  );
  return (
    <section className="card" aria-labelledby="service-surveys">
      <h2 id="service-surveys">{t('surveys.title')}</h2>
      <p className="hint">{t('surveys.text')}</p>
      {known.error && <Failed error={known.error} retry={known.refetch} />}
      <ul className="plain">
        {known.data?.map(({ id, answers, cards: all, satisfied }) => (
          <li key={id} className="survey-line">
            {t('surveys.answered', { answers, cards: all })}
            {satisfied !== null && ` · ${t('surveys.satisfied', { count: satisfied })}`}{' '}
            <button type="button" className="button small" onClick={() => setOpen(id)}>
              {t('surveys.open')}
            </button>
          </li>
        ))}
      </ul>
      <div className="survey-make">
        <Field label={t('surveys.cards')}>
          {(ids) => (
            <input
              {...ids}
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST}
              value={cards}
              onChange={(event) => setCards(Math.min(MOST, Math.max(1, Math.trunc(Number(event.target.value)))))}
            />
          )}
        </Field>
        <button
          type="button"
          className="button"
          disabled={write.isPending}
          onClick={() => write.mutate({ cards }, { onSuccess: ({ id }) => setOpen(id) })}
        >
          {t('surveys.make')}
        </button>
      </div>
      {write.error && (
        <p className="wrong" role="alert">
          {messageOf(t, write.error)}
        </p>
      )}
      {open !== undefined && <Cards id={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
