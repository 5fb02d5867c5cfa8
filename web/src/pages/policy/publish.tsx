/** Proposed versions (待发布): proposed by one, published by another; what each would change stands beside the decision. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { useSession } from '../../api/session';
import { afterwards, useWrite } from '../../api/write';
import { dateTime } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { Changes } from './changes';
import { Editor } from './editor';

const READS = ['policy-drafts', 'policies', 'policy', 'policy-files', 'what-if'] as const;

function Draft({ id }: { id: string }) {
  const { t } = useTranslation();
  const say = useToast();
  const { me, may } = useSession();
  const draft = useQuery({
    queryKey: ['policy-drafts', id],
    queryFn: () => answer(api.GET('/api/v1/policies/drafts/{id}', { params: { path: { id } } })),
  });
  const decide = useWrite(READS, (approve: boolean, header) =>
    answer(api.POST('/api/v1/policies/drafts/{id}/decision', { body: { approve }, params: { path: { id }, header } })),
  );
  const withdraw = useWrite(READS, (_: null, header) =>
    answer(api.DELETE('/api/v1/policies/drafts/{id}', { params: { path: { id }, header } })),
  );
  if (draft.isPending) return <Loading />;
  if (!draft.data) return <Failed error={draft.error} retry={draft.refetch} />;
  const { changes, state, proposedBy, outdated, hash } = draft.data;
  const mine = proposedBy.id === me.staffId;
  const open = state === 'proposed';
  const failed = (error: unknown): void => say(messageOf(t, error), 'bad');
  const publish = (): void => afterwards(decide.mutateAsync(true), () => say(t('publish.published')), failed);
  return (
    <>
      {changes === null ? <Empty>{t('publish.unknown')}</Empty> : <Changes changes={changes} />}
      <p className="meta">
        {t('publish.hash')} <code>{hash.slice(0, 16)}</code>
      </p>
      {open && outdated && <p className="wrong">{t('publish.outdated')}</p>}
      {open && mine && may('policy:approve') && <p className="meta">{t('publish.notOwn')}</p>}
      <div className="actions">
        {open && !mine && may('policy:approve') && (
          <>
            <button type="button" className="button primary" disabled={outdated || decide.isPending} onClick={publish}>
              {t('publish.approve')}
            </button>
            <button
              type="button"
              className="button"
              disabled={decide.isPending}
              onClick={() => decide.mutate(false, { onError: failed })}
            >
              {t('publish.refuse')}
            </button>
          </>
        )}
        {open && mine && (
          <button
            type="button"
            className="button"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate(null, { onError: failed })}
          >
            {t('publish.withdraw')}
          </button>
        )}
      </div>
    </>
  );
}

function Drafts() {
  const { t } = useTranslation();
  const drafts = useQuery({
    queryKey: ['policy-drafts'],
    queryFn: async () => (await answer(api.GET('/api/v1/policies/drafts'))).items,
  });
  const [chosen, setOpen] = useState<string>();
  if (drafts.isPending) return <Loading />;
  if (!drafts.data) return <Failed error={drafts.error} retry={drafts.refetch} />;
  if (drafts.data.length === 0) return <Empty>{t('publish.none')}</Empty>;
  const open = chosen ?? drafts.data.find(({ state }) => state === 'proposed')?.id;
  return (
    <ul className="plain drafts">
      {drafts.data.map((one) => (
        <li key={one.id} className={`draft draft-${one.state}`}>
          <button
            type="button"
            className="draft-head"
            aria-expanded={open === one.id}
            onClick={() => setOpen(open === one.id ? '' : one.id)}
          >
            <strong>{one.version}</strong> <span className="tag">{t(`publish.state.${one.state}`)}</span>
            <span className="meta">
              {t('publish.by', {
                name: one.proposedBy.name ?? one.proposedBy.id,
                at: dateTime(t, Date.parse(one.proposedAt)),
              })}
              {one.decidedBy && one.decidedAt && one.state !== 'withdrawn' && (
                <>
                  {' '}
                  ·{' '}
                  {t('publish.decided', {
                    name: one.decidedBy.name ?? one.decidedBy.id,
                    at: dateTime(t, Date.parse(one.decidedAt)),
                  })}
                </>
              )}
            </span>
          </button>
          {open === one.id && <Draft id={one.id} />}
        </li>
      ))}
    </ul>
  );
}

export function Publish() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  return (
    <div className="publish">
      <Drafts />
      {editing ? (
        <Editor onDone={() => setEditing(false)} />
      ) : (
        <button
          type="button"
          className="button"
          onClick={() => {
            client.removeQueries({ queryKey: ['policy-files'] });
            setEditing(true);
          }}
        >
          {t('publish.new')}
        </button>
      )}
    </div>
  );
}
