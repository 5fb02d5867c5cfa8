/** The directory of partners (协作单位): who they are, where and when they work, what the law asks of them, how to reach them. */
import '../../styles/paper.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import { usePartners } from '../../api/desk-queries';
import { useStations } from '../../api/queries';
import { useSession } from '../../api/session';
import type { Partner } from '../../api/types';
import { afterwards, useWrite } from '../../api/write';
import { Empty, Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { ListFiles } from '../../ui/list-files';
import { Wrong } from '../../ui/reason-form';
import { useToast } from '../../ui/toast';
import { Contacts } from './contacts';
import { PartnerForm } from './form';
import { hoursWords } from './hours';
import { PARTNER_READS, usePartner } from './reads';

function Details({ id, edits }: { id: string; edits: boolean }) {
  const found = usePartner(id);
  if (found.isPending) return <Loading />;
  if (!found.data) return <Failed error={found.error} retry={found.refetch} />;
  return <Contacts partner={found.data} edits={edits} />;
}

function Retire({ partner, onClose }: { partner: Partner; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const writing = useWrite(PARTNER_READS, ({ id }: { id: string }, header) =>
    answer(api.POST('/api/v1/partners/{id}/retire', { params: { path: { id }, header }, body: {} })),
  );
  return (
    <Dialog title={`${t('partners.retire')} · ${partner.name}`} onClose={onClose}>
      <p>{t('partners.retireHint')}</p>
      <Wrong error={writing.error} />
      <button
        type="button"
        className="button danger wide"
        disabled={writing.isPending}
        onClick={() =>
          afterwards(writing.mutateAsync(partner), () => {
            say(t('partners.retired'));
            onClose();
          })
        }
      >
        {t('partners.retire')}
      </button>
    </Dialog>
  );
}

function PartnerCard({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const { me, may } = useSession();
  const { data: stations = [] } = useStations();
  const [open, setOpen] = useState(false);
  const [doing, setDoing] = useState<'edit' | 'retire'>();
  // What every station works with is the bureau's to change.
  const edits =
    may('partner:manage') && (partner.stationId === null ? me.bureau : me.bureau || partner.stationId === me.stationId);
  const where =
    partner.stationId === null
      ? t('partners.everywhere')
      : (stations.find(({ id }) => id === partner.stationId)?.name ?? partner.stationId);
  return (
    <li className="card partner">
      <h2>
        <span className="tag">{t(`partner.${partner.kind}`)}</span> {partner.name}
      </h2>
      <dl className="facts">
        <div>
          <dt>{t('partners.field.area')}</dt>
          <dd>{partner.area ?? where}</dd>
        </div>
        <div>
          <dt>{t('partners.field.hours')}</dt>
          <dd>
            {hoursWords(t, partner.hours)}{' '}
            <span className={`tag ${partner.open ? 'referral-accepted' : ''}`}>
              {t(partner.open ? 'partners.openNow' : 'partners.closedNow')}
            </span>
          </dd>
        </div>
        {partner.duties.length > 0 && (
          <div>
            <dt>{t('partners.duties')}</dt>
            <dd>
              {partner.duties.map((one) => (
                <p key={`${one.law}${one.article}`}>
                  《{one.law}》{one.article} · {one.duty}
                </p>
              ))}
            </dd>
          </div>
        )}
      </dl>
      <div className="actions">
        <button type="button" className="button small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('partners.contacts')}
          <span className="hidden">{partner.name}</span>
        </button>
        {edits &&
          (['edit', 'retire'] as const).map((what) => (
            <button key={what} type="button" className="button small" onClick={() => setDoing(what)}>
              {t(`partners.${what}`)}
              <span className="hidden">{partner.name}</span>
            </button>
          ))}
      </div>
      {open && <Details id={partner.id} edits={edits} />}
      {doing === 'edit' && <PartnerForm partner={partner} onClose={() => setDoing(undefined)} />}
      {doing === 'retire' && <Retire partner={partner} onClose={() => setDoing(undefined)} />}
    </li>
  );
}

export default function PartnersPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const found = usePartners();
  const [adding, setAdding] = useState(false);
  return (
    <div className="partners">
      <div className="page-head">
        <h1>{t('nav.partners')}</h1>
        <div className="actions">
          {may('case:read') && <ListFiles of="referrals" name={t('partners.register')} />}
          {may('partner:manage') && (
            <button type="button" className="button primary" onClick={() => setAdding(true)}>
              {t('partners.new')}
            </button>
          )}
        </div>
      </div>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {found.data?.length === 0 && <Empty>{t('partners.none')}</Empty>}
      <ul className="plain partner-list">
        {found.data?.map((one) => (
          <PartnerCard key={one.id} partner={one} />
        ))}
      </ul>
      {adding && <PartnerForm onClose={() => setAdding(false)} />}
    </div>
  );
}
