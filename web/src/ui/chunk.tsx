/** A page's own file. One that cannot be had is asked for again the next time, where the browser does not remember it. */
import { type ComponentType, createElement, lazy } from 'react';

/** The file did not come: there is no signal, or an upgrade has taken it away. */
export class ChunkMissing extends Error {
  override readonly name = 'ChunkMissing';
}

export function chunk<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let page: ComponentType<P> | undefined;
  const ask = (): ComponentType<P> =>
    lazy(() =>
      load().catch((cause: unknown) => {
        page = undefined;
        throw new ChunkMissing('a page could not be loaded', { cause });
      }),
    );
  return function Chunk(props: P) {
    return createElement((page ??= ask()), props);
  };
}
