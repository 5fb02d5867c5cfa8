/** A list as files (导出列表), as the API makes them. */
import { useTranslation } from 'react-i18next';

const FORMATS = ['xlsx', 'csv'] as const;

interface Props {
  of: 'cases' | 'referrals';
  /** How the list is narrowed down. */
  asked?: Record<string, string | undefined>;
  /** What is exported, where the page shows something else. */
  name?: string;
}

export function ListFiles({ of, asked = {}, name }: Props) {
  const { t } = useTranslation();
  const given = Object.entries(asked).filter((one): one is [string, string] => one[1] !== undefined);
  const query = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return FORMATS.map((format) => (
    <a
      key={format}
      className="button small"
      title={t('export.hint')}
      href={`/api/v1/exports/${of}.${format}${query}`}
      download
    >
      {name === undefined ? t(`export.${format}`) : `${name} · ${t(`export.${format}`)}`}
    </a>
  ));
}
