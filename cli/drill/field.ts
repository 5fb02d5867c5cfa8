/** A sandbox as a drill finds it: its sign-ins, whose hands the drill borrows, and its clock. */
import { z } from 'zod';
import type { Account } from '../../sandbox/data/accounts';
import { findCase, SeenCase } from '../cases';
import { Client, CliFailure, Refused, sandboxAccounts, tokenFor } from '../client';
import type { DrillOptions } from './options';
import { SeenMessage, type Told, whose } from './told';

const Me = z.object({ stationId: z.string(), permissions: z.array(z.string()) });
const Named = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });
const Forwarded = z.object({ asOf: z.iso.datetime({ offset: true }) });
const NOTE = '演练结束';
const OVER = ['done', 'cancelled'];

export interface Field {
  accounts: Account[];
  stationId: string;
  /** Who runs the drill. */
  client: Client;
  /** Does the steps and asks to close. */
  supervisor: Client;
  /** Approves the closing. */
  officer: Client;
  /** By the id of the member of staff. */
  names: Map<string, string>;
}

function oneOf(accounts: Account[], role: string, stationId?: string): Account {
  const found = accounts.find((one) => one.role === role && (stationId === undefined || one.stationId === stationId));
  if (found) return found;
  throw new CliFailure(`站点 ${stationId ?? '—'} 没有 ${role} 的账号，无法演练 · no ${role} there to run a drill with`);
}

/** @throws CliFailure where the system is no sandbox, or the caller may not run a drill */
export async function openField({ url, token, stationId: named }: DrillOptions): Promise<Field> {
  const accounts = await sandboxAccounts(url);
  if (!accounts) {
    throw new CliFailure(
      `${url} 不是演练环境，案件时钟不能拨快，未报告任何案件。请在演练环境（npm start）中演练 · not a sandbox: its clocks cannot be moved, nothing was reported`,
    );
  }
  const client = new Client(url, await tokenFor(url, token, ['supervisor', 'duty_officer', 'admin'], named));
  const me = await client.ask('GET', '/api/v1/me', Me);
  if (!me.permissions.includes('case:drill')) {
    throw new CliFailure(
      '没有权限：演练由督导、民政值班员或管理员发起 · not allowed: supervisors, duty officers and admins run drills',
    );
  }
  const own = accounts.find((one) => one.role === 'supervisor' && one.stationId === me.stationId);
  const supervisor =
    own && (named === undefined || named === own.stationId) ? own : oneOf(accounts, 'supervisor', named);
  const officer = client.as(oneOf(accounts, 'duty_officer').token);
  const { items } = await officer.ask('GET', '/api/v1/staff', Named);
  return {
    ...{ accounts, client, officer, stationId: supervisor.stationId },
    supervisor: client.as(supervisor.token),
    names: new Map(items.map(({ id, name }) => [id, name])),
  };
}

/** Moves a case's clock. @returns the case's time, milliseconds. @throws CliFailure where the clock cannot be moved */
export async function forward({ client }: Field, caseId: string, seconds: number): Promise<number> {
  const { asOf } = await client.ask('POST', `/sandbox/cases/${caseId}/fast-forward`, Forwarded, { seconds });
  return Date.parse(asOf);
}

/** Reads what arrives from now on, each message once. */
export async function inbox({ client, accounts }: Field, caseId: string): Promise<(at: number) => Promise<Told[]>> {
  const all = z.array(SeenMessage);
  let last: string | undefined;
  return async (at) => {
    const since = last === undefined ? '' : `?since=${encodeURIComponent(last)}`;
    const messages = await client.ask('GET', `/sandbox/messages${since}`, all);
    last = messages.at(-1)?.id ?? last;
    return messages
      .filter((message) => message.caseIds.includes(caseId))
      .map((message) => ({ at, message, person: whose(accounts, message) }));
  };
}

/** Marks everything that is open as not applicable; a case that is closed may have checks after its closing. */
async function finishSteps({ supervisor }: Field, one: SeenCase): Promise<void> {
  for (const { id, state } of one.steps.filter((step) => !OVER.includes(step.state))) {
    const path = `/api/v1/cases/${one.id}/steps/${encodeURIComponent(id)}/complete`;
    try {
      await supervisor.ask('POST', path, SeenCase, { outcome: 'not_applicable', note: NOTE });
    } catch (error) {
      // Somebody was quicker.
      if (!(error instanceof Refused) || error.status !== 409)
        throw new CliFailure(`${id} (${state}): ${String(error)}`);
    }
  }
}

/**
 * Ends a drill: every step not applicable, closed with another person's approval, no check left for later.
 * @throws CliFailure
 */
export async function endDrill(field: Field, caseId: string): Promise<void> {
  const { supervisor, officer } = field;
  const path = `/api/v1/cases/${caseId}`;
  const reread = () => officer.ask('GET', path, SeenCase);
  const open = await reread();
  await finishSteps(field, open);
  if (open.status === 'open') await supervisor.ask('POST', `${path}/close`, SeenCase, { reason: NOTE });
  if (open.status !== 'closed')
    await officer.ask('POST', `${path}/close/decision`, SeenCase, { approve: true, note: NOTE });
  await finishSteps(field, await reread());
}

/** The drill that a number or id names. @throws CliFailure where it is a real case */
export async function findDrill(field: Field, word: string): Promise<SeenCase> {
  const found = await findCase(field.officer, word);
  if (found.drill) return found;
  throw new CliFailure(`${found.number} 不是演练案件，未作任何改动 · not a drill, nothing was changed`);
}
