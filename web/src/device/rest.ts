/** What was typed into forms that keep no draft of their own, kept as one when the page is taken away from under them. */
import { useSyncExternalStore } from 'react';
import { draftsSnapshot, saveDraft, subscribeDrafts } from './drafts';
import { typedFields } from '../lib/typed';

export interface Rest {
  /** What the form was called. */
  title: string;
  fields: { label: string; text: string }[];
}

export const useDraftNames = (): readonly string[] => useSyncExternalStore(subscribeDrafts, draftsSnapshot);

/** Reads the page at once, and seals it after. Forms with a draft of their own say so by `data-draft`. */
export function keepRest(staffId: string): void {
  const found = typedFields(document).filter((one) => !one.closest('[data-draft]'));
  const [first] = found;
  if (!first) return;
  const title = (first.closest('dialog') ?? document).querySelector('h2, h1')?.textContent ?? '';
  const fields = found.map((one) => ({
    label: one.labels?.[0]?.firstChild?.textContent ?? one.ariaLabel ?? '',
    text: one.value,
  }));
  const rest: Rest = { title, fields };
  saveDraft(staffId, rest, `rest/${Date.now()}`).catch((error: unknown) => console.error('not kept', error));
}
