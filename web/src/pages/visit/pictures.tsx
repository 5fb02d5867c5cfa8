/** Pictures of a visit, as they were taken; on the page alone until the visit is saved. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Camera } from '../../ui/camera';

export function Pictures({ files, onChange }: { files: readonly File[]; onChange: (files: File[]) => void }) {
  const { t } = useTranslation();
  const shown = useMemo(() => files.map((file) => ({ file, url: URL.createObjectURL(file) })), [files]);
  useEffect(() => () => shown.forEach(({ url }) => URL.revokeObjectURL(url)), [shown]);
  return (
    <section className="card" aria-labelledby="visit-photos">
      <h2 id="visit-photos">{t('photo.title')}</h2>
      <ul className="plain thumbs" data-unsent={files.length > 0 ? '' : undefined}>
        {shown.map(({ file, url }, index) => (
          <li key={url}>
            <img src={url} alt={t('photo.number', { count: index + 1 })} />
            <button
              type="button"
              className="button small"
              onClick={() => onChange(files.filter((other) => other !== file))}
            >
              {t('photo.remove')}
              <span className="hidden">{index + 1}</span>
            </button>
          </li>
        ))}
      </ul>
      <Camera onPicture={(more) => onChange([...files, ...more])} />
      <p className="hint">
        {t('photo.sealed')}
        {t('photo.notInDraft')}
      </p>
    </section>
  );
}
