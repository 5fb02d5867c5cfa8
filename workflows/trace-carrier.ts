/**
 * Hands the header that says which trace a command belongs to on to the activities that it causes. Bundled with the workflows,
 * so that tracing may be switched on and off under running cases: nothing is awaited here that would not be awaited without
 * it, and no command is made. Where nothing is traced there is no such header, and nothing is handed on.
 */
import type { Headers, WorkflowInterceptors } from '@temporalio/workflow';

const HEADER = '_tracer-data';

const traceOf = (headers: Headers): Headers => {
  const trace = headers[HEADER];
  return trace === undefined ? {} : { [HEADER]: trace };
};

export const interceptors = (): WorkflowInterceptors => {
  // Of a command until it is answered; what a timer causes belongs to none.
  let current: Headers = {};
  return {
    inbound: [
      {
        handleUpdate(input, next) {
          const own = traceOf(input.headers);
          current = own;
          const answered = next(input);
          const over = (): void => {
            if (current === own) current = {};
          };
          void answered.then(over, over);
          return answered;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          return next({ ...input, headers: { ...input.headers, ...current } });
        },
      },
    ],
  };
};
