/** What has been typed on the page and is not sent yet: looked for before it would be lost. */

type Text = HTMLInputElement | HTMLTextAreaElement;

/** What stood in a field when somebody came to it. */
const before = new WeakMap<EventTarget, string>();
const touched = new Set<Text>();

const NO_TEXT = ['search', 'password', 'checkbox', 'radio', 'file', 'submit', 'button', 'range', 'hidden'];
const isText = (target: EventTarget | null): target is Text =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !NO_TEXT.includes(target.type));

addEventListener(
  'focusin',
  ({ target }) => {
    if (isText(target) && !before.has(target)) before.set(target, target.value);
  },
  true,
);
addEventListener('input', ({ target }) => void (isText(target) && touched.add(target)), true);

/** Fields with words that somebody has typed there, in the order of the page. */
export function typedFields(root: ParentNode): Text[] {
  for (const one of touched) if (!one.isConnected) touched.delete(one);
  return [...root.querySelectorAll<Text>('input, textarea')].filter(
    (one) => touched.has(one) && one.value.trim() !== '' && one.value !== (before.get(one) ?? ''),
  );
}

/** Is anything there that would be lost: words, or pictures that are only on the page? */
export const isTyped = (root: ParentNode): boolean =>
  typedFields(root).length > 0 || root.querySelector('[data-unsent]') !== null;
