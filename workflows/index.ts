/** Workflow types by explicit name: a rename here would orphan running cases. */
export { caseWorkflow } from './case.workflow';
export { reportWorkflow } from './report.workflow';
export { auditWorkflow } from './audit.workflow';
export { digestWorkflow } from './digest.workflow';
export { paceWorkflow } from './pace.workflow';
export { packWorkflow } from './pack.workflow';
export { retentionWorkflow } from './retention.workflow';
