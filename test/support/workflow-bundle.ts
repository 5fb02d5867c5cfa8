/** The workflows as one file for every worker of a run: bundling them takes seconds, and each suite has a worker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_CONVERTER } from '../../runtime/payload-codec';
import { PROJECT } from '../../sandbox/config';

/** Bundles the sources as they are now. @returns the file, in `folder` */
export async function bundleInto(folder: string): Promise<string> {
  // Not with Jest itself: a run of unit tests has no worker.
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(PROJECT, 'workflows/index.ts'),
    failureConverterPath: FAILURE_CONVERTER,
    // As worker/bundle.ts ships them.
    workflowInterceptorModules: [join(PROJECT, 'workflows/trace-carrier.ts')],
  });
  const file = join(folder, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}
