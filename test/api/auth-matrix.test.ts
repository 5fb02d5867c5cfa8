import { GRANTS, PERMISSIONS, type Permission, type Role, ROLES } from '../../api/permissions';
import { startTestApi, type TestApi } from '../support/api';

let t: TestApi;
beforeAll(async () => {
  t = await startTestApi();
}, 600_000);
afterAll(() => t?.close());

/** One sign-in of each role. */
const OF_ROLE: Record<Role, string> = {
  social_worker: 'xinhua_worker1',
  supervisor: 'xinhua_supervisor',
  duty_officer: 'duty1',
  admin: 'admin',
  evaluator: 'evaluator',
};
const named = (permission: Permission | 'signed-in' | undefined): permission is Permission =>
  PERMISSIONS.some((one) => one === permission);

test('every role is let through to every route that its permissions name, and to no other', async () => {
  const routes = t.api.deps.docs.operations.filter((one) => one.path.startsWith('/api/v1/'));
  expect(routes.length).toBeGreaterThan(15);
  const wrong: string[] = [];
  for (const { method, path, permission } of routes) {
    for (const role of ROLES) {
      const address = path.replace(/\{\w+\}/g, 'unknown');
      const verb = method.toUpperCase();
      const { status } = await t.ask(verb, address, { as: OF_ROLE[role], ...(verb === 'POST' && { body: {} }) });
      const open = !named(permission) || GRANTS[role].includes(permission);
      // What is let through goes on to an unknown case (404), an empty body (422) or an answer.
      if (open ? ![200, 404, 422].includes(status) : status !== 403) wrong.push(`${role} ${verb} ${path}: ${status}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('nobody is let through without a sign-in', async () => {
  const routes = t.api.deps.docs.operations.filter((one) => one.path.startsWith('/api/v1/'));
  for (const { method, path } of routes) {
    const { status } = await t.ask(method.toUpperCase(), path.replace(/\{\w+\}/g, 'unknown'));
    expect([path, status]).toEqual([path, 401]);
  }
});

test('admin and evaluator can change nothing and see no child; an admin may run a drill', () => {
  expect(GRANTS.evaluator).toEqual(['case:read', 'staff:read', 'partner:read', 'indicator:read']);
  expect(GRANTS.admin).toEqual([...GRANTS.evaluator, 'case:drill']);
});
