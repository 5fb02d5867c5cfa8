/** One case, from its report to the end of its last check: handlers and a loop. The rules are in domain/. */
import { continueAsNew, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { COMMAND_UPDATE, RECEIPT_SIGNAL, STATE_QUERY } from '../domain/messages';
import type { CaseInput, CaseSeen, Command, CommandAnswer, ReceiptSignal } from '../domain/messages';
import { slim } from '../domain/project';
import { CaseLife } from './case-life';

const commandUpdate = defineUpdate<CommandAnswer, [Command]>(COMMAND_UPDATE);
const receiptSignal = defineSignal<[ReceiptSignal]>(RECEIPT_SIGNAL);
const stateQuery = defineQuery<CaseSeen>(STATE_QUERY);

export async function caseWorkflow(input: CaseInput): Promise<void> {
  const life = new CaseLife(input.state);
  setHandler(commandUpdate, (command) => life.obey(command), { validator: (command) => life.validate(command) });
  setHandler(receiptSignal, (receipt) => life.receiptFailed(receipt));
  setHandler(stateQuery, () => life.seen);
  await life.run();
  await continueAsNew<typeof caseWorkflow>({ state: slim(life.state) });
}
