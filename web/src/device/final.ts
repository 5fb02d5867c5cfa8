import type { Refused } from '../api/client';

/** Answers after which sending the very same again cannot help; the same one still under way is no such answer. */
export const isFinal = ({ status, type }: Refused): boolean =>
  type !== 'request-under-way' && status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);

/** Nobody is signed in any more, or the whole station is busy or away; any other answer is about the one that was sent. */
export const isAboutAll = ({ status }: Refused): boolean => [401, 429, 503].includes(status);
