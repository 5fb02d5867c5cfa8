/** Pictures of a visit or a record (照片、佐证材料), from the camera or from what the phone has; on the page alone until it is saved. */
import { type ReactNode, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Camera } from './camera';

interface Props {
  title: ReactNode;
  /** What becomes of them. */
  hint: string;
  files: readonly File[];
  onChange: (files: File[]) => void;
}

export function Pictures({ title, hint, files, onChange }: Props) {
  const { t } = useTranslation();
  const shown = useMemo(() => files.map((file) => ({ file, url: URL.createObjectURL(file) })), [files]);
  useEffect(() => () => shown.forEach(({ url }) => URL.revokeObjectURL(url)), [shown]);
  return (
    <section className="card" aria-labelledby="pictures">
      <h2 id="pictures">{title}</h2>
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
        {hint}
        {t('photo.notInDraft')}
      </p>
    </section>
  );
}
