/** Standing in (代管): a colleague has the case while its worker is away, and it comes back by itself. */
import type { Draft } from '../draft';
import type { Refusal } from '../failures';
import type { Cover } from '../custody';
import type { CaseState } from '../model';
import { startLaddersAgain } from './people';
import type { Rule } from './rule';

export const cover: Rule<'cover'> = {
  repeated: (state, { coverId }) => state.cover?.id === coverId,
  refuse(state, { of }) {
    if (state.cover)
      return { type: 'CoverPending', message: 'somebody stands in already', possible: ['end the cover'] };
    if (state.assigneeId === of) return undefined;
    return { type: 'CoverNotTheirs', message: 'the case is somebody else’s by now', possible: ['assign'] };
  },
  apply(draft, { coverId: id, of, by, from, until }) {
    draft.state.cover = { id, of, by, from, until };
    draft.record('cover_arranged', { coverId: id, of, staffId: by, from, until });
    passCover(draft);
  },
};

export const endCover: Rule<'end_cover'> = {
  whenClosed: true,
  repeated: (state, { coverId }) => state.cover?.id !== coverId,
  refuse: (): Refusal | undefined => undefined,
  apply(draft) {
    if (draft.state.cover) bringBack(draft, draft.state.cover);
  },
};

/** When the cover begins or ends next, ms; undefined: there is none. */
export const coverWake = ({ cover: arranged }: CaseState): number | undefined =>
  arranged && (arranged.begun ? arranged.until : arranged.from);

/** What time brings about: the case goes to who stands in, and back. */
export function passCover(draft: Draft): void {
  const arranged = draft.state.cover;
  if (!arranged) return;
  if (arranged.until <= draft.now) return bringBack(draft, arranged);
  if (arranged.begun || arranged.from > draft.now) return;
  draft.state.cover = { ...arranged, begun: true };
  draft.state.assigneeId = arranged.by;
  draft.record('cover_begun', { coverId: arranged.id, staffId: arranged.by, from: arranged.of });
  startLaddersAgain(draft);
}

function bringBack(draft: Draft, { id, of, by, begun }: Cover): void {
  draft.state.cover = undefined;
  draft.record('cover_ended', { coverId: id, staffId: of, from: by });
  if (!begun) return;
  draft.state.assigneeId = of;
  startLaddersAgain(draft);
}
