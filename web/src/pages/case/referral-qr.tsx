/**
 * A QR code (二维码) that police or hospital scan from our worker's phone. It leads to the referral for some minutes; each
 * showing is on the record, so it is asked for only when somebody wants to show it.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoSignal, refusedFrom } from '../../api/client';
import { Failed, Loading } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';

/** Shown for less than it is good for, so that nobody scans one that opens nothing. */
const SHOWN_MS = 8 * 60_000;

async function readCode(caseId: string, referralId: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/cases/${caseId}/referrals/${referralId}/qr?format=svg`);
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  if (!response.ok) throw refusedFrom(response, await response.json());
  return response.blob();
}

export function ReferralQr({
  caseId,
  referralId,
  partner,
  onClose,
}: {
  caseId: string;
  referralId: string;
  partner: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const code = useQuery({
    queryKey: ['qr', referralId],
    queryFn: () => readCode(caseId, referralId),
    ...{ staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
  const [url, setUrl] = useState<string>();
  const { data } = code;
  useEffect(() => {
    if (!data) return undefined;
    const made = URL.createObjectURL(data);
    setUrl(made);
    const timer = setTimeout(() => setUrl(undefined), SHOWN_MS);
    return () => {
      clearTimeout(timer);
      URL.revokeObjectURL(made);
    };
  }, [data]);
  return (
    <Dialog title={t('qr.title', { partner })} onClose={onClose}>
      {code.isPending && <Loading />}
      {code.error && <Failed error={code.error} retry={code.refetch} />}
      {url && <img className="qr" src={url} alt={t('qr.alt', { partner })} />}
      {data && !url && !code.isFetching && (
        <p role="status">
          {t('qr.over')}{' '}
          <button type="button" className="button" onClick={() => void code.refetch()}>
            {t('qr.again')}
          </button>
        </p>
      )}
      <p className="hint">{t('qr.hint')}</p>
    </Dialog>
  );
}
