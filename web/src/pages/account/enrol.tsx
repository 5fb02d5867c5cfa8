/** Before anything else is open: the second factor that the role's rule demands. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { signOut } from '../../api/auth';
import { ME } from '../../api/session';
import { LanguageButton } from '../../ui/layout';
import { FactorSetUp } from './factor';
import { useDoing, Wrong } from './parts';

export default function EnrolPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { doing, wrong, busy } = useDoing();
  const leave = (): void =>
    doing(async () => {
      await signOut();
      client.setQueryData(ME, null);
    });
  return (
    <main className="page sign-in">
      <h1>{t('account.enrolTitle')}</h1>
      <p className="lead">{t('account.enrolText')}</p>
      <FactorSetUp onDone={() => void client.invalidateQueries()} />
      <Wrong>{wrong}</Wrong>
      <button type="button" className="text-button" disabled={busy} onClick={leave}>
        {t('action.signOut')}
      </button>
      <LanguageButton />
    </main>
  );
}
