// Loaded into a process before everything else: its clock is off by CLOCK_SKEW_MS.
const off = Number(process.env.CLOCK_SKEW_MS ?? 0);
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + off);
    else super(...given);
  }
  static now() {
    return Real.now() + off;
  }
};
