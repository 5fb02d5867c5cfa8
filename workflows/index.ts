/** Workflow types by explicit name: a rename here would orphan running cases. */
export { caseWorkflow } from './case.workflow';
