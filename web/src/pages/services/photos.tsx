/** Evidence of a record (佐证材料): sign-in sheet and photos, from the camera or from what the phone has. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Camera } from '../../ui/camera';

export function Photos({ files, onChange }: { files: readonly File[]; onChange: (files: File[]) => void }) {
  const { t } = useTranslation();
  const shown = useMemo(() => files.map((file) => ({ file, url: URL.createObjectURL(file) })), [files]);
  useEffect(() => () => shown.forEach(({ url }) => URL.revokeObjectURL(url)), [shown]);
  return (
    <section className="card" aria-labelledby="record-photos">
      <h2 id="record-photos">
        {t('services.evidence')}
        <span className="optional">{t('form.optional')}</span>
      </h2>
      {shown.length > 0 && (
        <ul className="plain thumbs" data-unsent="">
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
      )}
      <Camera onPicture={(more) => onChange([...files, ...more])} />
      <p className="hint">
        {t('services.evidenceHint')}
        {t('photo.notInDraft')}
      </p>
    </section>
  );
}
