/** Why somebody is on duty, in words for the screen. */
import type { RungRole } from '../model';
import type { Why } from './model';

export const RUNG_NAMES: Record<RungRole, string> = {
  worker: '社工值班',
  supervisor: '督导值班',
  duty_officer: '民政局值班',
};

/** What the words are made from; an id that has no name stands for itself. */
export interface RosterNames {
  person(staffId: string): string;
  rotation(rotationId: string): string;
}

/** e.g. 按“周轮值”值班，与周谷雨换班 */
export function inWords(why: Why, names: RosterNames): string {
  if (why.kind === 'override') {
    const instead = why.insteadOf.map((id) => names.person(id)).join('、');
    return instead === '' ? '临时加派' : `临时改派，替${instead}值班`;
  }
  const turn = `按“${names.rotation(why.rotationId)}”值班`;
  if (why.kind === 'rotation') return turn;
  const person = names.person(why.insteadOf);
  return why.kind === 'swap' ? `${turn}，与${person}换班` : `${turn}，${person}不在岗，由下一位替班`;
}
