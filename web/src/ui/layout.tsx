/** The frame of every page: who is signed in, where one can go, whether there is signal and what is still on this device. */
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useOnline } from '../api/queries';
import { useSession } from '../api/session';
import { pageOfDraft } from '../device/drafts';
import { snapshot, subscribe } from '../device/outbox';
import { useDraftNames } from '../device/rest';
import { LANGUAGES, setLanguage } from '../i18n';
import { Dialog } from './dialog';
import { Foot, Menu } from './menu';
import { OnDutyLine } from './on-duty';
import { messageOf } from './problem';
import { usePosts } from './posts';
import { useToast } from './toast';

export const useReports = () => useSyncExternalStore(subscribe, snapshot);

function SandboxMark({ sandbox }: { sandbox: boolean }) {
  const { t } = useTranslation();
  return sandbox ? <div className="sandbox-mark">{t('sandbox')}</div> : null;
}

export function LanguageButton() {
  const { i18n, t } = useTranslation();
  const next = LANGUAGES[(LANGUAGES.findIndex((one) => one === i18n.language) + 1) % LANGUAGES.length] ?? 'zh-CN';
  return (
    <button type="button" className="text-button" lang={next} onClick={() => void setLanguage(next)}>
      {t(`language.${next}`, { defaultValue: next })}
    </button>
  );
}

function SignOut() {
  const { t } = useTranslation();
  const { signOut } = useSession();
  const say = useToast();
  const reports = useReports().filter(({ state }) => state !== 'sent').length;
  const waiting = reports + usePosts().length + useDraftNames().length;
  const [asking, setAsking] = useState(false);
  const leave = (): void => {
    setAsking(false);
    signOut().catch((error: unknown) => say(messageOf(t, error), 'bad'));
  };
  return (
    <>
      <button type="button" className="text-button" onClick={() => (waiting > 0 ? setAsking(true) : leave())}>
        {t('action.signOut')}
      </button>
      {asking && (
        <Dialog title={t('signOut.title', { count: waiting })} onClose={() => setAsking(false)}>
          <p>{t('signOut.text')}</p>
          <div className="actions">
            <button type="button" className="button" onClick={() => setAsking(false)}>
              {t('signOut.stay')}
            </button>
            <button type="button" className="button danger" onClick={leave}>
              {t('signOut.leave')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** What is on this device and signal, in one line; silent when all is well, and its room is kept: nothing moves by it. */
function Line({ live }: { live: boolean }) {
  const { t } = useTranslation();
  const online = useOnline();
  const { pathname } = useLocation();
  const reports = [...useReports(), ...usePosts()];
  const waiting = reports.filter(({ state }) => state === 'waiting').length;
  const refused = reports.filter(({ state }) => state === 'refused').length;
  // Whoever is writing on one sees it.
  const drafts = useDraftNames().filter((name) => pageOfDraft(name) !== pathname).length;
  const words = [
    ...(refused > 0 ? [t('line.refused', { count: refused })] : []),
    ...(waiting > 0 ? [t('line.waiting', { count: waiting })] : []),
    ...(drafts > 0 ? [t('line.drafts', { count: drafts })] : []),
    ...(online ? [] : [t('line.offline')]),
    ...(online && !live ? [t('line.notLive')] : []),
  ];
  return (
    <div role="status" className={words.length > 0 ? 'line' : 'line-none'}>
      <span>{words.join(' · ')}</span>
      {waiting + refused + drafts > 0 && (
        <NavLink to="/report/outbox" className="line-link">
          {t('line.look')}
        </NavLink>
      )}
    </div>
  );
}

/** Each new page begins at its top, and who hears the page is told of it: the focus goes there. */
function useFreshPage() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

export function Layout({ live, children }: { live: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const main = useFreshPage();
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <SandboxMark sandbox={me.sandbox} />
      <header className="top">
        <span className="brand">{t('name')}</span>
        <Menu />
        <div className="who">
          <NavLink to="/account" className="who-name" title={t('account.own')}>
            {me.name}
            <small>
              {t(`role.${me.role}`)} · {me.stationName}
            </small>
          </NavLink>
          <LanguageButton />
          <SignOut />
        </div>
      </header>
      <OnDutyLine />
      <Line live={live} />
      <main id="main" className="page" tabIndex={-1} ref={main}>
        {children}
      </main>
      <Foot />
    </div>
  );
}
