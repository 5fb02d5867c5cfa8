import type { Step } from '../api/types';

/** Is there still something to do? */
export const isOpen = ({ state }: Step): boolean => state !== 'done' && state !== 'cancelled';
