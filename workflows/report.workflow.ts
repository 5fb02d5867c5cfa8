/** The watch over one report, from its receipt until somebody has screened it: the life of a case with one step. */
import {
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { COMMAND_UPDATE, RECEIPT_SIGNAL, STATE_QUERY } from '../domain/messages';
import type { CaseInput, CaseSeen, Command, CommandAnswer, ReceiptSignal } from '../domain/messages';
import { slim } from '../domain/project';
import { isWatchOver } from '../domain/reports/watch';
import { CaseLife } from './case-life';

const { recordReport } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

const commandUpdate = defineUpdate<CommandAnswer, [Command]>(COMMAND_UPDATE);
const receiptSignal = defineSignal<[ReceiptSignal]>(RECEIPT_SIGNAL);
const stateQuery = defineQuery<CaseSeen>(STATE_QUERY);

export async function reportWorkflow(input: CaseInput): Promise<void> {
  const life = new CaseLife(input.state, { record: recordReport, isOver: isWatchOver });
  setHandler(commandUpdate, (command) => life.obey(command), { validator: (command) => life.validate(command) });
  setHandler(receiptSignal, (receipt) => life.receiptFailed(receipt));
  setHandler(stateQuery, () => life.seen);
  if ((await life.run()) === 'over') return;
  await continueAsNew<typeof reportWorkflow>({ state: slim(life.state) });
}
