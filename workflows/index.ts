/** Workflow types by explicit name: a rename here would orphan running cases. */
export { caseWorkflow } from './case.workflow';
export { auditWorkflow } from './audit.workflow';
export { digestWorkflow } from './digest.workflow';
export { retentionWorkflow } from './retention.workflow';
