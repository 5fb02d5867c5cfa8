/** The one-time link (设置链接) by which somebody sets their own password. */
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, newKey } from '../../api/client';
import type { AccountRow } from '../../api/types';
import { dateTime } from '../../lib/time';
import { Dialog } from '../../ui/dialog';
import { useToast } from '../../ui/toast';

/** A write to one account. */
export const keyed = (id: string) => ({ params: { path: { id }, header: { 'Idempotency-Key': newKey() } } });

export interface Link {
  url: string;
  expiresAt: string;
  name: string;
}

/** Makes a new link; the one before is void. */
export async function makeLink({ staffId, name }: Pick<AccountRow, 'staffId' | 'name'>): Promise<Link> {
  const { url, expiresAt } = await answer(api.POST('/api/v1/accounts/{id}/setup-link', keyed(staffId)));
  return { url: url ?? '', expiresAt, name };
}

/** Shown once, to be handed over in person. */
export function LinkDialog({ link, onClose }: { link: Link; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const id = useId();
  const copy = (): void => {
    void navigator.clipboard.writeText(link.url).then(() => say(t('account.copied')));
  };
  return (
    <Dialog title={t('account.linkTitle', { name: link.name })} onClose={onClose}>
      <p id={id}>{t('account.linkText', { until: dateTime(t, Date.parse(link.expiresAt)) })}</p>
      <textarea className="link-box" readOnly rows={3} value={link.url} aria-labelledby={id} />
      <div className="actions">
        <button type="button" className="button primary" onClick={copy}>
          {t('account.copy')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('action.close')}
        </button>
      </div>
    </Dialog>
  );
}
