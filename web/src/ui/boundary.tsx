/** What nobody expected: says so, and that reports on this device are safe, instead of an empty page. */
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

function Broken() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <div className="state state-failed" role="alert">
        <h1>{t('broken.title')}</h1>
        <p>{t('broken.text')}</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          {t('broken.reload')}
        </button>
      </div>
    </main>
  );
}

export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}
