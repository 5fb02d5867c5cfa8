/** A picture from the camera (拍照) or from what the phone has: real file inputs that look like buttons. */
import { type ChangeEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';

/** What the station takes as a picture. */
const PICTURES = 'image/jpeg,image/png,image/webp,image/heic,image/heif';

export function Camera({ onPicture }: { onPicture: (files: File[]) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const take = (event: ChangeEvent<HTMLInputElement>): void => {
    onPicture([...(event.target.files ?? [])]);
    // The same picture may be chosen again after it was taken away.
    event.target.value = '';
  };
  return (
    <div className="actions camera">
      <input
        id={`${id}-camera`}
        className="hidden"
        type="file"
        accept="image/*"
        capture="environment"
        onChange={take}
      />
      <label htmlFor={`${id}-camera`} className="button">
        {t('photo.take')}
      </label>
      <input id={`${id}-file`} className="hidden" type="file" accept={PICTURES} multiple onChange={take} />
      <label htmlFor={`${id}-file`} className="button">
        {t('photo.choose')}
      </label>
    </div>
  );
}
