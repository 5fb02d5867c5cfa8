/** What a device is pushed (推送): number, step and lateness, nothing else; and which push services it may come through. Pure. */

/** Services of the browsers' makers. A device says itself where it is reached, so nothing else is believed. */
const SERVICES = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  'web.push.apple.com',
  'notify.windows.com',
] as const;

/**
 * @param more further hosts, with all below them; one that begins with http:// may do without encryption (sandbox)
 */
export function isPushService(endpoint: string, more: readonly string[] = []): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (protocol === 'http:') return more.includes(`http://${hostname}`);
  const below = (host: string): boolean => hostname === host || hostname.endsWith(`.${host}`);
  return protocol === 'https:' && [...SERVICES, ...more].some(below);
}

export interface PushWords {
  title: string;
  body: string;
  /** A later push of the same step takes the place of an earlier one. */
  tag: string;
  path: string;
}

export interface PushAbout {
  caseId: string;
  number: string;
  stepId: string;
  /** The step's short name. */
  step: string;
  late?: string;
  left?: string;
  drill: boolean;
}

/** What a push says: number, step and span. */
export function pushWords({ caseId, number, stepId, step, late, left, drill }: PushAbout): PushWords {
  const mark = drill ? '【演练】' : '';
  return {
    title: `${mark}案件${number}`,
    body: late === undefined ? `${step}还剩${left ?? ''}` : `${step}已逾期${late}`,
    tag: `${caseId}/${stepId}`,
    path: `/cases/${caseId}`,
  };
}
