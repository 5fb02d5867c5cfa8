import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

/** For addresses that lead nowhere, and for pages that somebody's role does not have. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <div className="state">
      <h1>{t('notFound.title')}</h1>
      <p>{t('notFound.text')}</p>
      <Link className="button primary" to="/">
        {t('notFound.home')}
      </Link>
    </div>
  );
}
