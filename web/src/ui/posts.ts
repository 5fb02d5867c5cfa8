import { useSyncExternalStore } from 'react';
import { postsSnapshot, subscribePosts } from '../device/posts';

/** Visits and photos that are still on this device. */
export const usePosts = () => useSyncExternalStore(subscribePosts, postsSnapshot);
