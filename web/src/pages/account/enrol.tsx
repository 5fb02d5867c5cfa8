/** Before anything else is open: the second factor that the role's rule demands. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { signOut } from '../../api/auth';
import { ME } from '../../api/session';
import { LanguageButton } from '../../ui/layout';
import { FactorSetUp } from './factor';
import { useDoing, Wrong } from './parts';

/** @param onBegun backup codes are on the page, which goes away only when somebody says that they are kept */
export default function EnrolPage({ onBegun, onDone }: { onBegun: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { doing, wrong, busy } = useDoing();
  const leave = (): void =>
    doing(async () => {
      await signOut();
      client.setQueryData(ME, null);
    });
  const done = (): void => {
    // Who is signed in is read first: otherwise this page would begin again.
    void client.invalidateQueries().then(onDone);
  };
  return (
    <main className="page sign-in">
      <h1>{t('account.enrolTitle')}</h1>
      <p className="lead">{t('account.enrolText')}</p>
      <FactorSetUp onBegun={onBegun} onDone={done} />
      <Wrong>{wrong}</Wrong>
      <button type="button" className="text-button" disabled={busy} onClick={leave}>
        {t('action.signOut')}
      </button>
      <LanguageButton />
    </main>
  );
}
