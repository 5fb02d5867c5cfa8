/** What may stand in a message to a group (群机器人): reviewed when the texts are loaded. */

/** A group is nobody in particular: its messages name what is late and how late, and carry no code and no link. */
const FOR_GROUPS: readonly string[] = ['number', 'step', 'late', 'left'];
/** The word by which a robot of DingTalk knows our messages (关键词). */
const WORD = '守望';
/** Bytes of a robot's text; the other half is left to what fills it and to the mark of a drill. */
const MAX_BYTES = 2_048 / 2;
const NAMED = /\{([a-z]+)\}/g;
/** Three bytes are the longest that a character of the texts takes in UTF-8. */
const bytesOf = (text: string): number =>
  [...text].reduce((sum, one) => sum + ((one.codePointAt(0) ?? 0) < 128 ? 1 : 3), 0);

/** Everything that is wrong with the wording for a group. */
export function robotProblems(body: string): string[] {
  const strange = [...body.matchAll(NAMED)].filter((match) => !FOR_GROUPS.includes(match[1] ?? ''));
  return [
    ...strange.map((match) => `not for a group: ${match[0]}`),
    ...(/:\/\/|www\./i.test(body) ? ['no address: a group is nobody in particular'] : []),
    ...(body.includes(WORD) ? [] : [`the word ${WORD}, by which robots of DingTalk know our messages`]),
    ...(bytesOf(body) > MAX_BYTES ? [`at most ${MAX_BYTES} bytes`] : []),
  ];
}
