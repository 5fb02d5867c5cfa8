/** Where one can go: all of it side by side at a desk; on a phone one row, and the rest behind 更多. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useSession } from '../api/session';

type Place = readonly [to: string, words: string];

/** As many as a phone's row holds beside 更多. */
const FIRST = 4;
const isAt = (pathname: string, [to]: Place): boolean => pathname === to || pathname.startsWith(`${to}/`);

/** By how often one goes there: who does the field work takes down services all day, everybody else looks at the board. */
function usePlaces(): Place[] {
  const { me, may } = useSession();
  const board: Place[] = [['/board', 'nav.board']];
  const services: Place[] = may('service:read') ? [['/services', 'nav.services']] : [];
  return [
    ...(may('case:report') ? ([['/report', 'nav.report']] as const) : []),
    ...(may('case:work') ? ([['/work', 'nav.work']] as const) : []),
    ...(may('report:triage') ? ([['/queue', 'nav.queue']] as const) : []),
    ...(me.role === 'social_worker' ? [...services, ...board] : [...board, ...services]),
    ['/roster', 'nav.roster'],
    ...(may('indicator:read')
      ? ([
          ['/figures', 'nav.figures'],
          ['/indicators', 'nav.indicators'],
        ] as const)
      : []),
    ['/policy', 'nav.policy'],
    ...(may('account:unlock') ? ([['/accounts', 'nav.accounts']] as const) : []),
    ...(may('case:read') ? ([['/search', 'nav.search']] as const) : []),
  ];
}

/** Seldom needed: at the foot of a page at a desk, behind 更多 on a phone, whose pages are long. */
function useSeldom(): Place[] {
  const { may } = useSession();
  return [...(may('partner:read') ? ([['/partners', 'nav.partners']] as const) : []), ['/device', 'device.title']];
}

export function Foot() {
  const { t } = useTranslation();
  return (
    <footer className="foot no-print">
      {useSeldom().map(([to, words]) => (
        <NavLink key={to} to={to}>
          {t(words)}
        </NavLink>
      ))}
    </footer>
  );
}

/** Folded on a phone, it is closed by going somewhere, by Escape, and by a tap elsewhere. */
function useFolding() {
  const { pathname } = useLocation();
  const [openAt, setOpenAt] = useState<string>();
  const nav = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const open = openAt === pathname;
  useEffect(() => {
    if (!open) return;
    const keyed = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return;
      setOpenAt(undefined);
      button.current?.focus();
    };
    const pressed = ({ target }: PointerEvent): void => {
      if (target instanceof Node && !nav.current?.contains(target)) setOpenAt(undefined);
    };
    addEventListener('keydown', keyed);
    addEventListener('pointerdown', pressed);
    return () => {
      removeEventListener('keydown', keyed);
      removeEventListener('pointerdown', pressed);
    };
  }, [open]);
  return { nav, button, open, toggle: () => setOpenAt(open ? undefined : pathname), close: () => setOpenAt(undefined) };
}

export function Menu() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const { nav, button, open, toggle, close } = useFolding();
  const places = usePlaces();
  const seldom = useSeldom();
  const link = ([to, words]: Place, folded = false) => (
    <NavLink key={to} to={to} className={folded ? 'nav-link nav-seldom' : 'nav-link'} onClick={close}>
      {t(words)}
    </NavLink>
  );
  const rest = places.slice(FIRST);
  const here = [...rest, ...seldom].some((place) => isAt(pathname, place));
  return (
    <nav className="nav" aria-label={t('nav.label')} ref={nav}>
      {places.slice(0, FIRST).map((place) => link(place))}
      <button
        {...{ ref: button, type: 'button', onClick: toggle, 'aria-expanded': open, 'aria-controls': 'nav-rest' }}
        className={here ? 'nav-link nav-more active' : 'nav-link nav-more'}
      >
        {t('nav.more')}
      </button>
      <div id="nav-rest" className={open ? 'nav-rest nav-open' : 'nav-rest'}>
        {rest.map((place) => link(place))}
        {seldom.map((place) => link(place, true))}
      </div>
    </nav>
  );
}
