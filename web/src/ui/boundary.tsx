/** What nobody expected: says so, and that what is on this device is safe, instead of an empty page. */
import { Component, type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChunkMissing } from './chunk';

const reload = (): void => location.reload();

/**
 * Around one page the menu stays. A browser remembers that a file did not come for as long as the window lives, so the whole is
 * opened anew, by itself too when there is signal again: nobody can have written anything here.
 */
function Broken({ missing }: { missing: boolean }) {
  const { t } = useTranslation();
  useEffect(() => {
    if (!missing) return;
    addEventListener('online', reload);
    return () => removeEventListener('online', reload);
  }, [missing]);
  return (
    <div className="state state-failed" role="alert">
      <h1>{t(missing ? 'broken.missing' : 'broken.title')}</h1>
      <p>{t(missing ? 'broken.missingText' : 'broken.text')}</p>
      <button type="button" className="button primary" onClick={reload}>
        {t('broken.reload')}
      </button>
    </div>
  );
}

interface Caught {
  error?: unknown;
}

interface Props {
  /** The path of what it stands around: at another one it begins anew. Left out: it stands around everything. */
  at?: string;
  children: ReactNode;
}

export class Boundary extends Component<Props, Caught> {
  override state: Caught = {};

  static getDerivedStateFromError(error: unknown): Caught {
    return { error };
  }

  override componentDidUpdate({ at }: Props): void {
    if (at !== this.props.at && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const said = <Broken missing={error instanceof ChunkMissing} />;
    return this.props.at === undefined ? <main className="page">{said}</main> : said;
  }
}
