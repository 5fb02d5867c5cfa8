/** How far a command is (进度) that takes minutes: a line that is written over on a terminal, one now and then in a log. */

/** `done` of `of` have been through it. */
export type Progress = (what: string, done: number, of: number) => void;

const TERMINAL_MS = 200;
const LOG_MS = 10_000;

/** @param now milliseconds; the wall clock */
export function progressTo(
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  now: () => number = () => performance.now(),
): Progress {
  const every = out.isTTY ? TERMINAL_MS : LOG_MS;
  let said = now();
  let doing = '';
  return (what, done, of) => {
    const ended = done >= of;
    const due = now() - said >= every;
    // What is over before anybody would have read of it is not worth a line in a log.
    if (!due && !(out.isTTY && (ended || what !== doing))) return;
    said = now();
    doing = what;
    // Each line covers the one before it, which may have been longer.
    out.write(out.isTTY ? `\r${what} ${done}/${of}\u001b[K${ended ? '\n' : ''}` : `${what} ${done}/${of}\n`);
  };
}
