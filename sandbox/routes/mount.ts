import { mountedAt } from '../../api/log';
import type { Mount } from '../../api/app';
import { formBody, jsonBody, mediaTypes, samePageOnly } from '../../api/security';
import { createSandboxPages } from './pages';
import { createSandboxRouter, loopbackOnly } from './router';

/** Puts /sandbox/* into the API. @throws Error where the configuration is not a sandbox's */
export const mountSandbox: Mount = (app, deps) => {
  const { sandbox } = deps.config;
  if (!sandbox) throw new Error('the sandbox routes need SANDBOX=1');
  app.use(
    '/sandbox',
    mountedAt('/sandbox'),
    loopbackOnly,
    samePageOnly(deps.config),
    mediaTypes('application/json', 'application/x-www-form-urlencoded'),
    ...jsonBody(),
    ...formBody(),
    createSandboxPages(deps, sandbox),
    createSandboxRouter(deps, sandbox),
  );
};
