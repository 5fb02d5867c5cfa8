/** Beside the calendar: requests for swaps that wait, leaves and overrides that are not over; ended or answered here. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useStaff } from '../../api/queries';
import { useSession } from '../../api/session';
import type { DutyRole } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Empty } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { Covers } from './covers';
import { ROSTER_READS } from './reads';

interface Props {
  station: string;
  role: DutyRole;
  edits: boolean;
  names: ReadonlyMap<string, string>;
}

type Header = { 'Idempotency-Key': string };

/** A button that writes, and says so when it could not. */
function Act<V>({
  words,
  label,
  body,
  send,
}: {
  words: string;
  label: string;
  body: V;
  send: (body: V, header: Header) => Promise<unknown>;
}) {
  const { t } = useTranslation();
  const say = useToast();
  const write = useWrite(ROSTER_READS, send);
  return (
    <button
      type="button"
      className="button small"
      disabled={write.isPending}
      onClick={() => write.mutate(body, { onError: (error) => say(messageOf(t, error), 'bad') })}
    >
      {words}
      <span className="hidden"> {label}</span>
    </button>
  );
}

function Listed({ id, title, empty, children }: { id: string; title: string; empty: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {empty ? (
        <Empty>{t('roster.nothing', { what: title })}</Empty>
      ) : (
        <ul className="plain roster-list">{children}</ul>
      )}
    </section>
  );
}

function useSpanWords() {
  const { t } = useTranslation();
  return ({ from, until }: { from: string; until: string }): string =>
    `${dateTime(t, Date.parse(from))} – ${dateTime(t, Date.parse(until))}`;
}

export function RosterSide({ station, role, edits, names }: Props) {
  const { t } = useTranslation();
  const { me } = useSession();
  const spanWords = useSpanWords();
  const staff = useStaff();
  const swaps = useQuery({ queryKey: ['swaps'], queryFn: () => answer(api.GET('/api/v1/roster/swaps')) });
  const leaves = useQuery({ queryKey: ['leaves'], queryFn: () => answer(api.GET('/api/v1/roster/leaves')) });
  const overrides = useQuery({ queryKey: ['overrides'], queryFn: () => answer(api.GET('/api/v1/roster/overrides')) });
  const nameOf = (id: string): string => names.get(id) ?? staff.data?.find((one) => one.id === id)?.name ?? id;
  const asked = (swaps.data?.items ?? []).filter((one) => one.state === 'asked' && one.stationId === station);
  const away = (leaves.data?.items ?? []).filter((one) => one.stationId === station);
  const changed = (overrides.data?.items ?? []).filter((one) => one.stationId === station && one.role === role);
  return (
    <div className="roster-side">
      <Listed id="roster-asked" title={t('roster.requests')} empty={asked.length === 0}>
        {asked.map((one) => {
          const words = `${nameOf(one.mine.staffId)} ⇄ ${nameOf(one.theirs.staffId)}`;
          const mine = one.mine.staffId === me.staffId;
          const answers = !mine && (one.theirs.staffId === me.staffId || edits);
          const decide = (accept: boolean) => ({
            words: t(accept ? 'roster.agree' : 'roster.decline'),
            label: words,
            body: { id: one.id, accept },
          });
          const send = ({ id, accept }: { id: string; accept: boolean }, header: Header) =>
            answer(
              api.POST('/api/v1/roster/swaps/{id}/decision', { body: { accept }, params: { path: { id }, header } }),
            );
          return (
            <li key={one.id}>
              <span>
                <strong>{words}</strong>
                <span className="meta">{t(`rung.${one.role}`)}</span>
              </span>
              <span className="actions">
                {answers && <Act {...decide(true)} send={send} />}
                {answers && <Act {...decide(false)} send={send} />}
                {mine && (
                  <Act
                    {...{ words: t('roster.withdraw'), label: words, body: one.id }}
                    send={(id, header) =>
                      answer(api.DELETE('/api/v1/roster/swaps/{id}', { params: { path: { id }, header } }))
                    }
                  />
                )}
              </span>
            </li>
          );
        })}
      </Listed>
      <Listed id="roster-leaves" title={t('roster.leaves')} empty={away.length === 0}>
        {away.map((one) => (
          <li key={one.id}>
            <span>
              <strong>{nameOf(one.staffId)}</strong>
              <span className="meta">{spanWords(one)}</span>
            </span>
            {edits && (
              <Act
                {...{ words: t('roster.end'), label: nameOf(one.staffId), body: one.id }}
                send={(id, header) =>
                  answer(api.DELETE('/api/v1/roster/leaves/{id}', { params: { path: { id }, header } }))
                }
              />
            )}
          </li>
        ))}
      </Listed>
      <Listed id="roster-overrides" title={t('roster.overrides')} empty={changed.length === 0}>
        {changed.map((one) => (
          <li key={one.id}>
            <span>
              <strong>{nameOf(one.staffId)}</strong>{' '}
              {one.replaces === null
                ? t('roster.aswell')
                : t('roster.for1', { name: one.replaces === '*' ? t('roster.everybody') : nameOf(one.replaces) })}
              <span className="meta">{spanWords(one)}</span>
            </span>
            {edits && (
              <Act
                {...{ words: t('roster.end'), label: nameOf(one.staffId), body: one.id }}
                send={(id, header) =>
                  answer(api.DELETE('/api/v1/roster/overrides/{id}', { params: { path: { id }, header } }))
                }
              />
            )}
          </li>
        ))}
      </Listed>
      <Covers station={station} />
    </div>
  );
}
