/** Leaves and overrides are moved and ended, but what is over stays as it was. */
import { conflict, unprocessable } from '../problem';
import { msOf } from '../schemas/common';

interface Row {
  fromAt: Date;
  untilAt: Date;
}

/** @throws Problem 409 for what is over */
export function demandRunning({ untilAt }: Row): void {
  if (untilAt.getTime() <= Date.now()) throw conflict('EntryOver', 'this is over and stays on the record as it was');
}

/**
 * Beginning and end after a change, in milliseconds.
 * @throws Problem 422 where the end does not follow, or a beginning is moved that has passed
 */
export function movedTo(row: Row, { from, until }: { from?: string | undefined; until?: string | undefined }) {
  const to = {
    from: from === undefined ? row.fromAt.getTime() : msOf(from),
    until: until === undefined ? row.untilAt.getTime() : msOf(until),
  };
  if (to.from !== row.fromAt.getTime() && row.fromAt.getTime() <= Date.now()) {
    throw unprocessable([{ path: 'from', message: 'has passed and cannot be moved any more' }]);
  }
  if (to.until <= to.from) throw unprocessable([{ path: 'until', message: 'must lie after from' }]);
  return to;
}
