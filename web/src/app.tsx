/** The app: who is signed in decides what there is; desk pages and their libraries come only when asked for. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router';
import { NoSignal, Refused } from './api/client';
import { useLive } from './api/queries';
import { ME, SessionProvider, useMe, useSession } from './api/session';
import { keepRest } from './device/rest';
import { withDeskWords } from './i18n';
import { NotFoundPage } from './pages/not-found';
import { ReportPage } from './pages/report';
import { SentPage } from './pages/report/sent';
import { SignInPage } from './pages/sign-in';
import { WorkPage } from './pages/work';
import { AlarmProvider, useAlarm } from './ui/alarm';
import { Failed, Loading } from './ui/bits';
import { Boundary } from './ui/boundary';
import { chunk } from './ui/chunk';
import { Layout } from './ui/layout';
import { PushTap } from './ui/push-tap';
import { ToastProvider } from './ui/toast';

const CasePage = chunk(() => withDeskWords(import('./pages/case/index')));
const PaperPage = chunk(() => withDeskWords(import('./pages/paper/index')));
const QueuePage = chunk(() => withDeskWords(import('./pages/queue/index')));
const ReportOfQueuePage = chunk(() => withDeskWords(import('./pages/queue/report')));
const SearchPage = chunk(() => withDeskWords(import('./pages/search/index')));
const PartnersPage = chunk(() => withDeskWords(import('./pages/partners/index')));
const BoardPage = chunk(() => withDeskWords(import('./pages/board/index')));
const EnrolPage = chunk(() => withDeskWords(import('./pages/account/enrol')));
const SetUpPage = chunk(() => withDeskWords(import('./pages/account/set-up')));
const AccountPage = chunk(() => withDeskWords(import('./pages/account/index')));
const AccountsPage = chunk(() => withDeskWords(import('./pages/account/accounts')));
const OutboxPage = chunk(() => withDeskWords(import('./pages/report/outbox')));
const PolicyPage = chunk(() => withDeskWords(import('./pages/policy/index')));
const RosterPage = chunk(() => withDeskWords(import('./pages/roster/index')));
const FiguresPage = chunk(() => withDeskWords(import('./pages/figures/index')));
const IndicatorsPage = chunk(() => withDeskWords(import('./pages/indicators/index')));
const ServicesPages = chunk(() => withDeskWords(import('./pages/services/index')));
const DevicePage = chunk(() => withDeskWords(import('./pages/device/index')));
const VisitPage = chunk(() => withDeskWords(import('./pages/visit/index')));

const client: QueryClient = new QueryClient({
  defaultOptions: {
    // Without signal it fails at once and says so, rather than going out unseen some time later.
    mutations: { networkMode: 'always' },
    queries: {
      staleTime: 5_000,
      retry: (count, error) => !(error instanceof Refused && error.status < 500) && count < 2,
      throwOnError: (error) => {
        // A session that has ended meanwhile: back to the sign-in, wherever that shows.
        if (error instanceof Refused && error.status === 401) client.setQueryData(ME, null);
        return !(error instanceof Refused || error instanceof NoSignal);
      },
    },
  },
});

/** Those who do the field work begin with it; everybody else with the board. */
function Home() {
  const { me } = useSession();
  return <Navigate to={me.role === 'social_worker' ? '/work' : '/board'} replace />;
}

function Pages() {
  const alarm = useAlarm();
  const live = useLive(alarm.hear);
  const { may } = useSession();
  const only = (allowed: boolean, page: ReactNode): ReactNode => (allowed ? page : <NotFoundPage />);
  return (
    <Layout live={live}>
      <Boundary at={useLocation().pathname}>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/" element={<Home />} />
            <Route path="/sign-in" element={<Home />} />
            <Route path="/report" element={only(may('case:report'), <ReportPage />)} />
            <Route path="/report/outbox" element={<OutboxPage />} />
            <Route path="/report/sent/:id" element={<SentPage />} />
            <Route path="/work" element={only(may('case:work'), <WorkPage />)} />
            <Route path="/work/visit/:caseId/:stepId" element={only(may('case:work'), <VisitPage />)} />
            <Route path="/device" element={<DevicePage />} />
            <Route path="/queue" element={only(may('report:triage'), <QueuePage />)} />
            <Route path="/queue/:id" element={only(may('report:triage'), <ReportOfQueuePage />)} />
            <Route path="/search" element={only(may('case:read'), <SearchPage />)} />
            <Route path="/partners" element={only(may('partner:read'), <PartnersPage />)} />
            <Route path="/board" element={<BoardPage />} />
            <Route path="/cases/:id" element={<CasePage />} />
            <Route path="/cases/:id/papers/:paperId" element={only(may('case:read-child'), <PaperPage />)} />
            <Route path="/policy" element={<PolicyPage />} />
            <Route path="/account" element={<AccountPage />} />
            <Route path="/accounts" element={only(may('account:unlock'), <AccountsPage />)} />
            <Route path="/roster" element={<RosterPage />} />
            <Route path="/figures" element={only(may('indicator:read'), <FiguresPage />)} />
            <Route path="/indicators/*" element={only(may('indicator:read'), <IndicatorsPage />)} />
            <Route path="/services/*" element={only(may('service:read'), <ServicesPages />)} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </Boundary>
    </Layout>
  );
}

function Door() {
  const { t } = useTranslation();
  const { data: me, error, refetch } = useMe();
  const { pathname } = useLocation();
  const settingUp = pathname === '/set-up';
  /** New backup codes are on the page: it stays until somebody says that they are written down. */
  const [enrolling, setEnrolling] = useState(false);
  if (enrolling && me === null) setEnrolling(false);
  if (settingUp || me?.mustEnrol || (me && enrolling))
    return (
      <Boundary at={pathname}>
        <Suspense fallback={<Loading />}>
          {settingUp ? (
            <SetUpPage />
          ) : (
            <EnrolPage onDone={() => setEnrolling(false)} onBegun={() => setEnrolling(true)} />
          )}
        </Suspense>
      </Boundary>
    );
  if (me)
    return (
      <SessionProvider me={me} key={me.staffId}>
        <AlarmProvider>
          <Pages />
        </AlarmProvider>
      </SessionProvider>
    );
  if (me === null)
    return (
      <Boundary at={pathname}>
        <SignInPage />
      </Boundary>
    );
  return (
    <main className="page">
      <h1 className="hidden">{t('name')}</h1>
      {error ? <Failed error={error} retry={refetch} /> : <Loading />}
    </main>
  );
}

function PushTaps() {
  const { data: me } = useMe();
  return <PushTap onLeave={() => me && keepRest(me.staffId)} />;
}

export function App() {
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <ToastProvider>
          <Boundary>
            <Door />
            <PushTaps />
          </Boundary>
        </ToastProvider>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
