import { beijingDay, beijingNight } from './beijing';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

interface Sent {
  atMs: number;
  content: string;
}

/**
 * The frequency limits a new account has: same number and same text once in 30 s, two
 * texts a day; calls once in 30 s, twice in 10 min, 5 notifications or 3 codes a day, once a night. They count what
 * was accepted since they were switched on, by the carrier's clock: `atMs` is UNIX milliseconds, days are Beijing's.
 */
export class FrequencyLimits {
  private on = false;
  private readonly texts = new Map<string, Sent[]>();
  private readonly calls = new Map<string, Sent[]>();
  private readonly posts = new Map<string, Sent[]>();

  get state(): 'off' | 'default' {
    return this.on ? 'default' : 'off';
  }

  /** Switching on starts the count anew: what went out while nobody counted is not held against anybody. */
  set(state: 'off' | 'default'): void {
    if (state === 'default' && !this.on) {
      this.texts.clear();
      this.calls.clear();
      this.posts.clear();
    }
    this.on = state === 'default';
  }

  /** The code a text to this number is refused with, undefined when it may go. */
  refusesText(to: string, content: string, atMs: number): string | undefined {
    if (!this.on) return undefined;
    const sent = this.texts.get(to) ?? [];
    const again = sent.some((s) => s.content === content && atMs - s.atMs < 30 * SECOND);
    if (again) return 'LimitExceeded.PhoneNumberThirtySecondLimit';
    const today = sent.filter((s) => beijingDay(s.atMs) === beijingDay(atMs));
    return today.length >= 2 ? 'LimitExceeded.PhoneNumberDailyLimit' : undefined;
  }

  /** The code a call to this number is refused with; every limit of calls has the same one. */
  refusesCall(to: string, kind: 'tts' | 'code', atMs: number): string | undefined {
    if (!this.on) return undefined;
    const calls = this.calls.get(to) ?? [];
    const night = beijingNight(atMs);
    const within = (span: number) => calls.filter((c) => atMs - c.atMs < span).length;
    const today = calls.filter((c) => beijingDay(c.atMs) === beijingDay(atMs)).length;
    const tonight = night === undefined ? 0 : calls.filter((c) => beijingNight(c.atMs) === night).length;
    const full =
      within(30 * SECOND) >= 1 || within(10 * MINUTE) >= 2 || today >= (kind === 'tts' ? 5 : 3) || tonight >= 1;
    return full ? 'LimitExceeded.DeliveryFrequencyLimit' : undefined;
  }

  /** May this robot not post now? Twenty messages in any minute. */
  refusesPost(key: string, atMs: number): boolean {
    return this.on && (this.posts.get(key) ?? []).filter((one) => atMs - one.atMs < MINUTE).length >= 20;
  }

  countPost(key: string, atMs: number): void {
    if (this.on) remember(this.posts, key, { atMs, content: '' });
  }

  countText(to: string, content: string, atMs: number): void {
    if (this.on) remember(this.texts, to, { atMs, content });
  }

  countCall(to: string, atMs: number): void {
    if (this.on) remember(this.calls, to, { atMs, content: '' });
  }
}

function remember(sent: Map<string, Sent[]>, to: string, item: Sent): void {
  const list = sent.get(to);
  if (list) list.push(item);
  else sent.set(to, [item]);
}
