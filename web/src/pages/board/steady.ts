/** Rows that stay where they are while somebody is about to tap: news waits behind a bar, and a tap on what has just moved is none. */
import { type MouseEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** After the last sign of a hand the list goes on by itself: nobody may be at the screen. */
const NEAR_MS = 10_000;
/** Less than an eye and a finger need to go by what they see. */
const JUST_MS = 700;
const SIGNS = ['pointerdown', 'pointermove', 'wheel', 'scroll', 'keydown'];

/** Is a hand at the page, a mouse resting on the list, or a question open that one of its rows has asked? */
export function useNear(list: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const rests = list.current?.matches(':hover') && matchMedia('(hover: hover)').matches;
        if (rests || list.current?.querySelector('dialog[open]')) wait();
        else setNear(false);
      }, NEAR_MS);
    };
    const sign = (): void => {
      setNear(true);
      wait();
    };
    for (const kind of SIGNS) addEventListener(kind, sign, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of SIGNS) removeEventListener(kind, sign, { capture: true });
    };
  }, [list]);
  return near;
}

/** @returns the rows to show, those among them that are over by now, and how many are held back */
export function useSteady<T extends { id: string }>(live: readonly T[], near: boolean) {
  const [kept, setKept] = useState(live);
  if (!near && kept !== live) setKept(live);
  const rows = (near ? kept : live).map((one) => {
    const now = live.find(({ id }) => id === one.id);
    return { one: now ?? one, over: now === undefined };
  });
  const held = live.filter(({ id }) => !rows.some(({ one }) => one.id === id)).length;
  return { rows, held, show: () => setKept(live) };
}

/** @returns whether a click is on a row that was elsewhere a moment ago; rows say who they are by `data-row` */
export function useMoved(list: RefObject<HTMLElement | null>): (event: MouseEvent) => boolean {
  const places = useRef(new Map<string, { top: number; since: number }>());
  const look = useRef(() => {
    const first = places.current.size === 0;
    for (const row of list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? []) {
      const id = row.dataset['row'] ?? '';
      const top = row.getBoundingClientRect().top + scrollY;
      if (Math.abs((places.current.get(id)?.top ?? Infinity) - top) < 4) continue;
      places.current.set(id, { top, since: first ? -Infinity : performance.now() });
    }
  });
  useLayoutEffect(() => look.current());
  useEffect(() => {
    // What comes and goes above the list moves it as well.
    const page = list.current?.closest('main');
    if (!page) return;
    const observer = new ResizeObserver(() => look.current());
    observer.observe(page);
    return () => observer.disconnect();
  }, [list]);
  return ({ target, detail }) => {
    // To look further does no harm, and a dialog stands still whatever its row does behind it.
    const at = target instanceof Element && !target.closest('dialog') ? target : null;
    const hands = at?.closest('.alert-buttons');
    const row = hands?.closest<HTMLElement>('[data-row]');
    const place = places.current.get(row?.dataset['row'] ?? '');
    // By keys the focus goes where its row goes.
    return detail > 0 && place !== undefined && performance.now() - place.since < JUST_MS;
  };
}
