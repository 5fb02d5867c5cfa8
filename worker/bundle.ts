/** Bundles the workflows once, at build time, so that a worker starts without a bundler. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../runtime/payload-codec';

const BUNDLE = path.join(__dirname, 'workflow-bundle.js');

export type WorkflowCode = { workflowBundle: WorkflowBundleOption } | { workflowsPath: string };

/** Where the workflows are: the bundle of the build, or (from sources, in tests) the files themselves. */
export function workflows(): WorkflowCode {
  return existsSync(BUNDLE)
    ? { workflowBundle: { codePath: BUNDLE } }
    : { workflowsPath: require.resolve('../workflows') };
}

async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    failureConverterPath: FAILURE_CONVERTER,
    workflowInterceptorModules: [require.resolve('../workflows/trace-carrier')],
  });
  writeFileSync(BUNDLE, code);
}

if (require.main === module) void main();
