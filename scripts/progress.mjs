// What long steps show: a line that counts the seconds on a terminal, a line every 15 s elsewhere.

const seconds = (since) => Math.round((Date.now() - since) / 1000);

/** Runs `work(say)` and shows `what` and the seconds so far; says at the end how long it took, or that it failed. */
export async function progress(what, work) {
  const since = Date.now();
  const terminal = process.stderr.isTTY;
  let remark = '';
  const line = () => `${what}${remark === '' ? '' : ` · ${remark}`} … ${seconds(since)} s`;
  const show = () => process.stderr.write(terminal ? `\r\x1b[2K${line()}` : `${line()}\n`);
  show();
  const timer = setInterval(show, terminal ? 1_000 : 15_000);
  const end = (mark) => {
    clearInterval(timer);
    process.stderr.write(`${terminal ? '\r\x1b[2K' : ''}${mark} ${what} (${seconds(since)} s)\n`);
  };
  try {
    const result = await work((text) => {
      remark = text;
      show();
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}
