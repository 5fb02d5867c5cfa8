/** Tries again at every chance: a device may say that it is online when it is not, so every few seconds too. */
const EVERY_MS = 5_000;

/** @param attempt safe to call at any time, and several times at once */
export function atEveryChance(attempt: () => void): void {
  setInterval(attempt, EVERY_MS);
  addEventListener('online', attempt);
  document.addEventListener('visibilitychange', attempt);
}
