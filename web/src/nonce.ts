// Libraries add style sheets at run time. The content policy lets those through that carry the page's own nonce.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;

if (nonce) {
  const create = document.createElement.bind(document);
  document.createElement = (tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}

/** The nonce of this page's style sheets; empty in development. */
export const styleNonce = nonce ?? '';
