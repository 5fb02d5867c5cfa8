/** What somebody typed to find a case by: a number of ours, or something that tells one child from another. Pure. */
export type Asked = { number: string } | { name: string } | { phone: string } | { idNumber: string };

/** Undefined: too little to go by. */
export function askedFor(typed: string): Asked | undefined {
  const words = typed.normalize('NFKC').trim();
  const bare = words.replaceAll(/[\s-]/g, '');
  if (/^\d{17}[\dXx]$/.test(bare)) return { idNumber: bare.toUpperCase() };
  if (/^\+?\d{7,}$/.test(bare)) return { phone: bare };
  if (/^[A-Za-z]?\d{1,6}$/.test(bare)) return { number: bare.toUpperCase() };
  return [...words].length >= 2 ? { name: words } : undefined;
}
