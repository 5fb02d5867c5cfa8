/** Evaluation packs (评估资料包): asked for by a button, watched while they are made, stopped, fetched whole or in parts. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, newKey } from '../../api/client';
import type { Contract, Pack } from '../../api/types';
import { useWrite } from '../../api/write';
import { dateTime, dayWords } from '../../lib/time';
import { Empty, Failed, Loading } from '../../ui/bits';
import { messageOf } from '../../ui/problem';
import { useToast } from '../../ui/toast';
import { PACK_PARTS, savePart } from './pack-parts';
import { SampleFields } from './sample-fields';

const BUSY = ['waiting', 'running', 'cancelling'];
const AGAIN_MS = 1_500;
const isBusy = ({ state }: Pack): boolean => BUSY.includes(state);

const usePacks = () =>
  useQuery({
    queryKey: ['packs'],
    queryFn: async () => (await answer(api.GET('/api/v1/packs', { params: { query: { limit: 50 } } }))).items,
    refetchInterval: ({ state }) => (state.data?.some(isBusy) ? AGAIN_MS : false),
  });

function Download({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const say = useToast();
  const [busy, setBusy] = useState(false);
  const save = (part: string): void => {
    setBusy(true);
    savePart(pack, part)
      .catch((error: unknown) => say(messageOf(t, error), 'bad'))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <a className="button primary" href={`/api/v1/packs/${pack.id}/file`} download>
        {t('packs.whole', { size: Math.max(1, Math.round((pack.bytes ?? 0) / 1024)) })}
      </a>
      {PACK_PARTS.map((part) => (
        <button key={part} type="button" className="button" disabled={busy} onClick={() => save(part)}>
          {t(`packs.part.${part.replaceAll('.', '_')}`)}
        </button>
      ))}
    </>
  );
}

function PackCard({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const say = useToast();
  const { doing, done, total } = pack.progress;
  const write = useWrite(['packs'], (id: string, header) =>
    answer(api.DELETE('/api/v1/packs/{id}', { params: { path: { id }, header } })),
  );
  const stop = (): void => write.mutate(pack.id, { onError: (error) => say(messageOf(t, error), 'bad') });
  return (
    <li className={`pack pack-${pack.state}`}>
      <p>
        <strong>{t(`packs.stage.${pack.stage}`)}</strong> <span className="tag">{t(`packs.state.${pack.state}`)}</span>{' '}
        <span className="meta">
          {dateTime(t, Date.parse(pack.askedAt))} · {t('packs.drawn', { count: pack.sample, seed: pack.seed })}
        </span>
      </p>
      {isBusy(pack) && (
        <p>
          <label>
            {doing === '' ? t('packs.state.waiting') : t(`packs.doing.${doing}`)}{' '}
            <progress max={Math.max(total, 1)} value={done} />
          </label>
        </p>
      )}
      {pack.state === 'failed' && <p className="wrong">{t('packs.failed', { code: pack.failure })}</p>}
      {pack.state === 'done' && pack.sha256 !== null && (
        <p className="meta pack-hash">
          SHA-256 {pack.sha256}
          {pack.expiresAt !== null && ` · ${t('packs.until', { at: dateTime(t, Date.parse(pack.expiresAt)) })}`}
        </p>
      )}
      <div className="actions">
        {pack.state === 'done' && <Download pack={pack} />}
        {(isBusy(pack) || pack.state === 'done') && (
          <button
            type="button"
            className="button"
            disabled={write.isPending || pack.state === 'cancelling'}
            onClick={stop}
          >
            {t(pack.state === 'done' ? 'packs.remove' : 'packs.stop')}
          </button>
        )}
      </div>
    </li>
  );
}

export function Packs({ contract }: { contract: Contract }) {
  const { t } = useTranslation();
  const packs = usePacks();
  const [sample, setSample] = useState(10);
  // Drawn anew for each pack, so that nobody can have prepared for it; whoever wants the same sample types its seed.
  const [seed, setSeed] = useState(() => newKey().slice(0, 8));
  type Stage = Pack['stage'];
  const write = useWrite(['packs'], (stage: Stage, header) =>
    answer(
      api.POST('/api/v1/packs', {
        body: { contract: contract.id, stage, sample, seed: seed.trim() },
        params: { header },
      }),
    ),
  );
  const own = packs.data?.filter((one) => one.contract === contract.id) ?? [];
  return (
    <section className="card" aria-labelledby="packs">
      <h2 id="packs">{t('packs.title')}</h2>
      <p className="hint">{t('packs.text')}</p>
      <SampleFields {...{ size: sample, least: 0, seed, onSize: setSample, onSeed: setSeed }} />
      <div className="actions">
        {contract.evaluations.map(({ stage, name, on }) => (
          <button
            key={stage}
            type="button"
            className="button primary"
            disabled={write.isPending || seed.trim() === ''}
            onClick={() => write.mutate(stage as Stage, { onSuccess: () => setSeed(newKey().slice(0, 8)) })}
          >
            {t('packs.make', { name, on: dayWords(t, on) })}
          </button>
        ))}
      </div>
      {write.error && (
        <p className="wrong" role="alert">
          {messageOf(t, write.error)}
        </p>
      )}
      {packs.isPending && <Loading />}
      {packs.error && <Failed error={packs.error} retry={packs.refetch} />}
      {packs.data && own.length === 0 && <Empty>{t('packs.none')}</Empty>}
      <ul className="plain packs" aria-live="polite">
        {own.map((pack) => (
          <PackCard key={pack.id} pack={pack} />
        ))}
      </ul>
    </section>
  );
}
