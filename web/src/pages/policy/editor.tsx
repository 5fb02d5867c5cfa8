/** A new version as text: begun from the one in force, checked line by line, proposed for somebody else to publish. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client';
import type { PolicyCheck } from '../../api/types';
import { useWrite } from '../../api/write';
import { Failed, Field, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { Changes } from './changes';
import { fileNames, type Files, lineSpan, textOf, withText } from './files';

const MOST_BYTES = 60_000;

function Problems({ found, onGo }: { found: PolicyCheck['problems']; onGo: (file: string, line: number) => void }) {
  const { t } = useTranslation();
  return (
    <div className="problems" role="alert">
      <strong>{t('publish.wrong', { count: found.length })}</strong>
      <ul>
        {found.map(({ file, line, path, expected }) => (
          <li key={`${file}:${line}:${path}`}>
            <button type="button" className="text-button" onClick={() => onGo(file, line)}>
              {t('publish.line', { file, line })}
            </button>{' '}
            <code>{path}</code> {t('publish.expected', { expected })}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Editor({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const [edited, setEdited] = useState<Files>();
  const [file, setFile] = useState('base.yaml');
  const area = useRef<HTMLTextAreaElement>(null);
  const begun = useQuery({
    queryKey: ['policy-files'],
    queryFn: () => answer(api.GET('/api/v1/policies/files')),
    staleTime: 0,
  });
  const check = useMutation({
    mutationFn: (body: Files) => answer(api.POST('/api/v1/policies/check', { body })),
    onError: (error) => say(messageOf(t, error), 'bad'),
  });
  const propose = useWrite(['policy-drafts'], (body: Files, header) =>
    answer(api.POST('/api/v1/policies/drafts', { body, params: { header } })),
  );
  if (begun.isPending) return <Loading />;
  if (!begun.data) return <Failed error={begun.error} retry={begun.refetch} />;
  const files = edited ?? begun.data.files;
  const change = (text: string): void => {
    setEdited(withText(files, file, text));
    check.reset();
  };
  const go = (name: string, line: number): void => {
    setFile(name);
    requestAnimationFrame(() => {
      const found = area.current;
      if (!found) return;
      const [start, end] = lineSpan(found.value, line);
      found.focus();
      found.setSelectionRange(start, end);
      found.scrollTop = (line - 3) * 22;
    });
  };
  const upload = (chosen: File | undefined): void => {
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) return say(t('publish.tooLarge'), 'bad');
    void chosen.text().then(change);
  };
  const send = (): void =>
    propose.mutate(files, {
      onSuccess: () => {
        say(t('publish.proposed'));
        setEdited(undefined);
        onDone();
      },
      onError: (error) => say(messageOf(t, error), 'bad'),
    });
  const { data } = check;
  const holds = data && data.problems.length === 0;
  return (
    <div className="editor">
      <p className="meta">{t('publish.begin', { version: begun.data.version })}</p>
      <div className="two">
        <Field label={t('publish.file')}>
          {(ids) => (
            <select {...ids} value={file} onChange={(event) => setFile(event.target.value)}>
              {fileNames(files).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('publish.upload', { file })}>
          {(ids) => (
            <input
              {...ids}
              type="file"
              accept=".yaml,.yml,text/yaml"
              onChange={(event) => upload(event.target.files?.[0])}
            />
          )}
        </Field>
      </div>
      <Field label={t('publish.text', { file })}>
        {(ids) => (
          <textarea
            {...ids}
            ref={area}
            className="yaml"
            rows={22}
            spellCheck={false}
            wrap="off"
            value={textOf(files, file)}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
      {data && !holds && <Problems found={data.problems} onGo={go} />}
      {holds && (
        <div role="status">
          <strong className="holds">{t('publish.holds', { version: data.version })}</strong>
          <Changes changes={data.changes ?? []} />
        </div>
      )}
      <div className="actions">
        <button type="button" className="button" disabled={check.isPending} onClick={() => check.mutate(files)}>
          {t('publish.check')}
        </button>
        <button
          type="button"
          className="button primary"
          disabled={!holds || propose.isPending || data.changes?.length === 0}
          onClick={send}
        >
          {t('publish.propose')}
        </button>
      </div>
    </div>
  );
}
