/** The report as it is written, and as it is sent. */
import type { CaseType, ReportBody, Risk, Trigger } from '../../api/types';
import { inputValue, momentOf } from '../../lib/time';

type Child = NonNullable<ReportBody['child']>;
type ReporterRole = NonNullable<NonNullable<ReportBody['reporter']>['role']>;
export type Clock = NonNullable<ReportBody['clock']>;

export interface Form {
  type?: CaseType;
  /** `unsure`: the policy's usual level for the type. */
  risk?: Risk | 'unsure';
  name: string;
  sex?: NonNullable<Child['sex']>;
  birthDate: string;
  childPhone: string;
  address: string;
  narrative: string;
  triggers: Trigger[];
  guardianIsSuspect: boolean;
  reporterRole?: ReporterRole;
  reporterName: string;
  reporterPhone: string;
  /** Taken down now, or at another time that the form asks for. */
  when: 'now' | 'earlier';
  receivedAt: string;
  occurredAt: string;
  clock: Clock;
  stationId?: string;
  drill: boolean;
}

export const emptyForm = (): Form => ({
  name: '',
  birthDate: '',
  childPhone: '',
  address: '',
  narrative: '',
  triggers: [],
  guardianIsSuspect: false,
  reporterName: '',
  reporterPhone: '',
  when: 'now',
  receivedAt: '',
  occurredAt: '',
  clock: 'beijing',
  drill: false,
});

export const isEmpty = (form: Form): boolean => JSON.stringify(form) === JSON.stringify(emptyForm());

export type Wrong = Partial<
  Record<'type' | 'narrative' | 'childPhone' | 'reporterPhone' | 'receivedAt' | 'stationId', string>
>;

/** Five digits (a hotline) at least; the station's own check is finer, and its answer is shown where it refuses. */
const isPhone = (value: string): boolean => /^[+\d\s()-]{5,30}$/.test(value) && value.replace(/\D/g, '').length >= 5;

/** What has to be put right before sending, by field, as keys of the texts. */
export function check(form: Form, needsStation: boolean): Wrong {
  const wrong: Wrong = {};
  if (form.type === undefined) wrong.type = 'report.wrong.type';
  if (needsStation && form.stationId === undefined) wrong.stationId = 'report.wrong.station';
  if (form.narrative.trim() === '') wrong.narrative = 'report.wrong.narrative';
  if (form.childPhone !== '' && !isPhone(form.childPhone)) wrong.childPhone = 'report.wrong.phone';
  if (form.reporterPhone !== '' && !isPhone(form.reporterPhone)) wrong.reporterPhone = 'report.wrong.phone';
  if (form.when === 'earlier' && momentOf(form.receivedAt) === undefined) wrong.receivedAt = 'report.wrong.time';
  return wrong;
}

const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** The fields that are filled in; those that are not are left out. */
function known<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * The body of the report. Taken down now, its time is the device's, put right by the server's clock, so that a report that
 * waits for signal keeps the moment from which its deadlines run.
 * @param now milliseconds by the server's clock
 */
export function bodyOf(form: Form, now: number): ReportBody {
  const { type = 'other_emergency', risk, when, clock, triggers, guardianIsSuspect, stationId } = form;
  const earlier = when === 'earlier';
  const occurredAt = earlier ? filled(form.occurredAt) : undefined;
  const reporter = known({
    name: filled(form.reporterName),
    phone: filled(form.reporterPhone),
    role: form.reporterRole,
  });
  return {
    type,
    ...known({ risk: risk === 'unsure' ? undefined : risk, stationId, occurredAt: occurredAt && `${occurredAt}:00` }),
    receivedAt: earlier
      ? `${form.receivedAt}:00`
      : `${inputValue(now)}:${String(new Date(now).getUTCSeconds()).padStart(2, '0')}+08:00`,
    ...(earlier && { clock }),
    ...(triggers.length > 0 && { triggers }),
    ...(guardianIsSuspect && { guardianIsSuspect }),
    ...(form.drill && { drill: true }),
    child: known({
      name: filled(form.name),
      sex: form.sex,
      birthDate: filled(form.birthDate),
      phone: filled(form.childPhone),
      address: filled(form.address),
    }),
    ...(Object.keys(reporter).length > 0 && { reporter }),
    narrative: form.narrative.trim(),
  };
}

/** A report that came back, to be put right and sent anew. */
export function formOf(body: ReportBody): Form {
  const { child, reporter = {} } = body;
  const local = body.clock === undefined ? undefined : body.receivedAt?.slice(0, 16);
  return {
    ...emptyForm(),
    ...known({
      type: body.type,
      risk: body.risk,
      stationId: body.stationId,
      sex: child.sex,
      reporterRole: reporter.role,
    }),
    name: child.name ?? '',
    birthDate: child.birthDate ?? '',
    childPhone: child.phone ?? '',
    address: child.address ?? '',
    narrative: body.narrative,
    triggers: body.triggers ?? [],
    guardianIsSuspect: body.guardianIsSuspect ?? false,
    reporterName: reporter.name ?? '',
    reporterPhone: reporter.phone ?? '',
    when: 'earlier',
    receivedAt: local ?? inputValue(Date.parse(body.receivedAt ?? '') || Date.now()),
    occurredAt: body.occurredAt?.slice(0, 16) ?? '',
    clock: body.clock ?? 'beijing',
    drill: body.drill ?? false,
  };
}
