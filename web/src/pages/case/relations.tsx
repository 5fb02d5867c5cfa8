/** Other cases about this child (同一儿童、并案、关联): those that may be, those that are, and what a person says about it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answer, api } from '../../api/client';
import { pathOf, useCommand } from '../../api/command';
import { useSession } from '../../api/session';
import { afterwards } from '../../api/write';
import type { CaseFile } from '../../api/types';
import { Failed } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../ui/problem';
import { ReasonForm } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';

const KINDS = ['same_child', 'sibling', 'same_incident', 'not_same'] as const;
type Kind = (typeof KINDS)[number];
interface Other {
  caseId: string;
  number: string;
}

const useRelations = (id: string) =>
  useQuery({
    queryKey: ['case', id, 'relations'],
    queryFn: () => answer(api.GET('/api/v1/cases/{id}/relations', { params: { path: { id } } })),
  });

/** Says how the two belong together; both journals have it. */
function Relate({ file, other }: { file: CaseFile; other: Other }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const say = useToast();
  const [joining, setJoining] = useState(false);
  const link = useCommand(file.id, (body: { caseId: string; kind: Kind }, header) =>
    answer(api.POST('/api/v1/cases/{id}/links', { ...pathOf(file.id, header), body })),
  );
  const join = useCommand(file.id, (body: { intoId: string; reason: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/join', { ...pathOf(file.id, header), body })),
  );
  const relate = (kind: Kind): void =>
    afterwards(
      link.mutateAsync({ caseId: other.caseId, kind }).catch((error: unknown) => {
        say(messageOf(t, error), 'bad');
        throw error;
      }),
      () => say(t('relations.linked')),
    );
  return (
    <div className="actions no-print">
      {KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          className="button small"
          disabled={link.isPending}
          onClick={() => relate(kind)}
        >
          {t(`link.${kind}`)}
          <span className="hidden">{other.number}</span>
        </button>
      ))}
      {may('case:approve') && (
        <button type="button" className="button small" onClick={() => setJoining(true)}>
          {t('relations.join', { number: other.number })}
        </button>
      )}
      {joining && (
        <Dialog title={t('relations.join', { number: other.number })} onClose={() => setJoining(false)}>
          <ReasonForm
            {...{ label: t('field.reason'), button: t('relations.join', { number: other.number }), writing: join }}
            hint={t('relations.joinHint', { number: other.number })}
            onSend={(reason) =>
              afterwards(join.mutateAsync({ intoId: other.caseId, reason }), () => {
                setJoining(false);
                say(t('relations.joined'));
              })
            }
          />
        </Dialog>
      )}
    </div>
  );
}

/** Undoes a join: what was to do is to do again. */
function Split({ file }: { file: CaseFile }) {
  const { t } = useTranslation();
  const say = useToast();
  const [open, setOpen] = useState(false);
  const split = useCommand(file.id, (body: { reason: string }, header) =>
    answer(api.POST('/api/v1/cases/{id}/split', { ...pathOf(file.id, header), body })),
  );
  return (
    <>
      <button type="button" className="button small no-print" onClick={() => setOpen(true)}>
        {t('relations.split')}
      </button>
      {open && (
        <Dialog title={t('relations.split')} onClose={() => setOpen(false)}>
          <ReasonForm
            {...{ label: t('field.reason'), hint: t('relations.splitHint'), button: t('relations.split') }}
            writing={split}
            onSend={(reason) =>
              afterwards(split.mutateAsync({ reason }), () => {
                setOpen(false);
                say(t('relations.splitNow'));
              })
            }
          />
        </Dialog>
      )}
    </>
  );
}

function EndLink({ file, link }: { file: CaseFile; link: Other & { id: string } }) {
  const { t } = useTranslation();
  const say = useToast();
  const end = useCommand(file.id, (_body: object, header) =>
    answer(
      api.POST('/api/v1/cases/{id}/links/{linkId}/end', {
        params: { path: { id: file.id, linkId: link.id }, header },
        body: {},
      }),
    ),
  );
  return (
    <button
      type="button"
      className="button small no-print"
      disabled={end.isPending}
      onClick={() => end.mutate({}, { onError: (error) => say(messageOf(t, error), 'bad') })}
    >
      {t('relations.end')}
      <span className="hidden">{link.number}</span>
    </button>
  );
}

const CaseLink = ({ caseId, number }: Other) => <Link to={`/cases/${caseId}`}>{number}</Link>;

export function Relations({ file }: { file: CaseFile }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const { data, error, refetch } = useRelations(file.id);
  const links = data?.links.filter(({ endedAt }) => endedAt === null) ?? [];
  const joinedHere = data?.joinedHere ?? [];
  const works = may('case:work') && file.leftAt === null;
  if (!error && file.possible.length + links.length + joinedHere.length === 0 && file.joinedInto === null) return null;
  return (
    <section className={`card ${file.possible.length > 0 ? 'possible' : ''}`} aria-labelledby="case-relations">
      <h2 id="case-relations">{t('relations.title')}</h2>
      {error && <Failed error={error} retry={refetch} />}
      {file.joinedInto && (
        <p>
          {t('relations.into')} <CaseLink {...file.joinedInto} />{' '}
          {works && may('case:approve') && <Split file={file} />}
        </p>
      )}
      {joinedHere.length > 0 && (
        <p>
          {t('relations.here')}{' '}
          {joinedHere.map((one) => (
            <CaseLink key={one.caseId} caseId={one.caseId} number={one.number} />
          ))}
        </p>
      )}
      <ul className="plain">
        {file.possible.map((one) => (
          <li key={one.caseId}>
            <p className="case-line">
              <strong>{t('queue.possible')}</strong> <CaseLink {...one} />
              <span className="meta">{t(`queue.why.${one.why}`)}</span>
            </p>
            {works && <Relate file={file} other={one} />}
          </li>
        ))}
        {links.map((one) => (
          <li key={one.id} className="case-line">
            <span className="tag">{t(`link.${one.kind}`)}</span> <CaseLink {...one} />
            {works && <EndLink file={file} link={one} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
