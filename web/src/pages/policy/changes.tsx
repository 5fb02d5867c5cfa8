/** What differs between two versions (版本比较): which row, which figure, from what to what. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { PolicyChange } from '../../api/types';
import { Empty } from '../../ui/bits';
import { stepName } from '../../ui/step-name';
import { conditionWords, type When } from './when-words';

function subjectWords(t: TFunction, { subject }: PolicyChange): string {
  switch (subject.of) {
    case 'rule':
      return stepName(t, subject);
    case 'ladder':
      return t('publish.ladder', {
        risk: t(`risk.${subject.risk}`),
        rung: subject.rung ? t(`rung.${subject.rung}`) : '',
      });
    case 'reminder':
      return t('publish.reminder', { risk: t(`risk.${subject.risk}`) });
    case 'type':
      return t(`type.${subject.type}`);
    default:
      return t('publish.whole');
  }
}

/** Codes among the words, such as a risk or a channel, in the reader's language; everything else as it stands. */
function valueWords(t: TFunction, { field }: PolicyChange, value: string | null): string {
  if (value === null) return t('publish.nothing');
  if (field === 'when') return conditionWords(t, JSON.parse(value) as When).join(t('list')) || t('publish.always');
  if (field === 'usual') return t(`risk.${value}`);
  if (field === 'start') return t(`event.${value}`, { defaultValue: value });
  if (field === 'to') return t(`rung.${value}`);
  return value;
}

export function Changes({ changes }: { changes: readonly PolicyChange[] }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <Empty>{t('publish.same')}</Empty>;
  return (
    <div className="diff" role="region" tabIndex={0} aria-label={t('publish.changes')}>
      <table>
        <thead>
          <tr>
            {(['row', 'figure', 'from', 'to'] as const).map((one) => (
              <th key={one} scope="col">
                {t(`publish.column.${one}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map((change, index) => (
            <tr key={`${index}/${change.field}`}>
              <th scope="row">
                {subjectWords(t, change)}
                {change.subject.of === 'rule' && (
                  <small className="meta">{conditionWords(t, change.subject.when).join(t('list'))}</small>
                )}
              </th>
              <td>
                {t(`publish.field.${change.field}`, { defaultValue: change.field })}
                {change.risk && ` · ${t(`risk.${change.risk}`)}`}
              </td>
              <td className="diff-from">{valueWords(t, change, change.from)}</td>
              <td className="diff-to">{valueWords(t, change, change.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
