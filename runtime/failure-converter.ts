/** Part of the workflows' bundle as well: messages and stacks of failures travel where payloads do, and are encrypted with them. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
