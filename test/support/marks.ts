/** Marks to be planted where people write about a child, and to be searched for in whatever spelling. */

/** Nothing else in the world reads like these. */
export const MARKS = {
  child: '欧阳漏童鑫',
  idNumber: '650104201705041247',
  phone: '13977770301',
  address: '漏址路八十八号',
  reporter: '司徒漏报森',
  reporterPhone: '13977770302',
  narrative: '漏述夜里没有人在家',
  note: '漏注已见到人',
  reason: '漏因情况好转',
  referral: '漏介请核实监护',
  feedback: '漏馈已上门',
  close: '漏结可以结案',
  decision: '漏批同意结案',
  restrict: '漏限站内有亲友',
  conflict: '漏避系其表亲',
  glass: '漏急来电求助',
};
/** Of a child on the register and of services: the same vault, other tables. */
export const REGISTER_MARKS = {
  registered: '慕容漏册宁',
  registeredNumber: '650104201605041248',
  guardian: '尉迟漏监安',
  guardianPhone: '13977770303',
  registerNote: '漏档随祖父母生活',
  serviceNote: '漏服入户谈心一次',
  correction: '漏更时间记错',
  withdrawal: '漏撤重复录入',
  keep: '漏存诉讼未结',
};
export const MARKED_REPORT = {
  type: 'neglect',
  risk: 'critical',
  child: {
    name: MARKS.child,
    sex: 'female',
    birthDate: '2017-05-04',
    idNumber: MARKS.idNumber,
    phone: MARKS.phone,
    address: MARKS.address,
  },
  reporter: { name: MARKS.reporter, phone: MARKS.reporterPhone, role: 'teacher' },
  narrative: MARKS.narrative,
};

/** A mark as it would stand in text, addresses, JSON, headers and dumps of bytes. */
function spellings(mark: string): Buffer[] {
  const bytes = Buffer.from(mark, 'utf8');
  const escaped = [...mark].map((c) =>
    c.charCodeAt(0) < 128 ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const base64 = [0, 1, 2].map((shift) => {
    // The middle of its base64, wherever the mark begins within three bytes.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(shift === 0 ? 0 : 4, -2);
  });
  const texts = [
    mark,
    encodeURIComponent(mark),
    encodeURIComponent(mark).toLowerCase(),
    escaped.join(''),
    bytes.toString('hex'),
  ];
  return [...new Set([...texts, ...base64])].map((text) => Buffer.from(text)).concat(Buffer.from(mark, 'utf16le'));
}
export const WANTED = Object.entries({ ...MARKS, ...REGISTER_MARKS }).map(([name, mark]) => ({
  name,
  forms: spellings(mark),
}));

/** Which marks stand in something. */
export function marksIn(what: string | Uint8Array): string[] {
  const hay = typeof what === 'string' ? Buffer.from(what) : Buffer.from(what.buffer, what.byteOffset, what.length);
  return WANTED.filter(({ forms }) => forms.some((form) => hay.includes(form))).map(({ name }) => name);
}
