import { createApp } from '../../api/app';
import { createMetrics } from '../../api/metrics';
import { ApiDocs, type Operation } from '../../api/openapi';
import { GRANTS, PERMISSIONS, type Permission, type Role, ROLES, SCOPES } from '../../api/permissions';
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
/** Its answer does not end; test/api/stream.test.ts asks it for every role. */
const STREAM = '/api/v1/stream';
/** Everything that asks who of the staff is there: pages of partners, pushes and other systems have secrets of their own. */
const guarded = () =>
  t.api.deps.docs.operations.filter(
    ({ path, permission }) =>
      (path.startsWith('/api/v1/') || path.startsWith('/codec/')) && permission !== 'source-key',
  );
/** Hundreds of requests one after another; a busy machine takes its time, in milliseconds. */
const WALK_MS = 300_000;
/** For the record: how much was walked. */
const sized = (what: string, ...of: number[]): void =>
  void process.stdout.write(`access matrix, ${what}: ${of.join(' × ')} = ${of.reduce((a, b) => a * b)} requests\n`);
const named = (permission: Operation['permission']): permission is Permission =>
  PERMISSIONS.some((one) => one === permission);

test(
  'every role is let through to every route that its permissions name, and to no other',
  async () => {
    const routes = guarded().filter((one) => one.path !== STREAM);
    expect(routes.length).toBeGreaterThan(15);
    const wrong: string[] = [];
    sized('routes × roles', routes.length, ROLES.length);
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
  },
  WALK_MS,
);

test('no role reports by the way of other systems: their keys are not people’s', async () => {
  const routes = t.api.deps.docs.operations.filter((one) => one.permission === 'source-key');
  expect(routes.length).toBe(2);
  for (const { method, path } of routes) {
    for (const role of ROLES) {
      const address = path.replace(/\{\w+\}/g, 'unknown');
      expect((await t.ask(method.toUpperCase(), address, { as: OF_ROLE[role] })).status).toBe(401);
    }
  }
});

test(
  'nobody is let through without a sign-in',
  async () => {
    const routes = guarded();
    for (const { method, path } of routes) {
      const { status } = await t.ask(method.toUpperCase(), path.replace(/\{\w+\}/g, 'unknown'));
      expect([path, status]).toEqual([path, 401]);
    }
  },
  WALK_MS,
);

test('an evaluator changes no record and draws samples; an admin keeps messages going out, may run a drill, and sees no child', () => {
  const oversight = ['case:read', 'staff:read', 'partner:read', 'roster:read', 'indicator:read'];
  expect(GRANTS.evaluator).toEqual([...oversight, 'pack:make']);
  const own = ['audit:read', 'budget:read', 'case:drill', 'payload:decode', 'fault:read', 'robot:manage'];
  const roster = ['roster:edit', 'contact:own', 'contact:manage', 'source:manage', 'partner:manage'];
  const accounts = ['account:manage', 'account:unlock'];
  expect(GRANTS.admin).toEqual([...oversight, ...own, ...roster, ...accounts]);
});

/** What Express keeps of a route or of a router that is mounted somewhere. */
interface Layer {
  route?: { path: string; stack: { method?: string }[] };
  handle?: { stack?: Layer[] };
  slash: boolean;
  match(path: string): boolean;
}

const MOUNTS = [
  '/codec',
  '/api/setup',
  '/api/v1',
  '/api/v1/uploads',
  '/api/v1/imports',
  '/api/v1/intake',
  '/help',
  '/roster',
  '/r',
  '/p',
  '/a',
  '/s',
  '/carrier/tencent',
];
/** Answered without a sign-in, and documented elsewhere or for machines alone. Whoever adds a route here says why. */
const UNDOCUMENTED = [
  // Files of our own pages: style and script.
  /^GET \/assets\//,
  // The web app's files, which hold nothing of anybody, and its page at every other address.
  /^GET \/(app\/\{file\}|icon[-\w]*\.(png|svg)|manifest\.webmanifest|sw\.js|icon\.svg)(\.br)?$/,
  /^GET \/\{\*any\}$/,
  // Sign-in, by better-auth, behind rules of its own (auth.test.ts).
  /^[A-Z-]+ \/api\/auth\//,
  // The carrier's pushes, behind an unguessable address (carrier-pushes.test.ts).
  /^POST \/carrier\/tencent\/\{secret\}\/(status|reply|voice)$/,
  // What describes the rest.
  /^GET \/(openapi\.json|docs)$/,
];

function mountOf(layer: Layer): string {
  if (layer.slash) return '';
  const mount = MOUNTS.find((one) => layer.match(one));
  if (mount === undefined) throw new Error('a router is mounted where the matrix does not look: add it to MOUNTS');
  return mount;
}

/** Every route that the application answers, as `POST /api/v1/cases/{id}/close`. */
function routesOf(stack: Layer[], prefix: string): string[] {
  return stack.flatMap((layer) => {
    if (layer.handle?.stack) return routesOf(layer.handle.stack, prefix + mountOf(layer));
    const { route } = layer;
    if (!route) return [];
    const path = (prefix + route.path).replace(/(.)\/$/, '$1').replace(/:(\w+)/g, '{$1}');
    const methods = new Set(route.stack.map(({ method }) => (method ?? 'all').toUpperCase()));
    return [...methods].map((method) => `${method} ${path}`);
  });
}

test('every route that answers is declared with who may use it, and every declared one answers', () => {
  const docs = new ApiDocs();
  const app = createApp({ ...t.api.deps, docs, metrics: createMetrics() });
  const answered = routesOf(app.router.stack as unknown[] as Layer[], '');
  const declared = docs.operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(answered.length).toBeGreaterThan(30);
  const silent = answered.filter((one) => !declared.includes(one) && !UNDOCUMENTED.some((known) => known.test(one)));
  expect(silent).toEqual([]);
  expect(declared.filter((one) => !answered.includes(one))).toEqual([]);
  const open = docs.operations.filter(
    ({ path, permission }) => path.startsWith('/api/v1/') && permission === undefined,
  );
  expect(open).toEqual([]);
});

/** How a route names what it concerns; a route with another parameter has to say here how its scope is tested. */
const SUBJECTS = [/^\/api\/v1\/cases\/\{id\}/, /^\/api\/v1\/alerts\/\{id\}/];
/** Parameters that name nothing of one station. */
const UNSCOPED: RegExp[] = [
  // The policy is everybody's (test/api/cases/policy-drafts.test.ts).
  /^\/api\/v1\/policies\/drafts\/\{id\}/,
  // A form's text is everybody's.
  /^\/api\/v1\/forms\/\{formId\}/,
];
/** Rows of a station whose scope is tested beside them (test/api/services, roster, robots). */
const BESIDE = [
  /^\/api\/v1\/(services|service-groups|posts|children|households|indicators|robots|contacts)\/\{id\}/,
  /^\/api\/v1\/(reports|sources|intake|covers|partners)\/\{id\}/,
  /^\/api\/v1\/(attachments|uploads\/(cases|services))\/\{id\}/,
  /^\/api\/v1\/(surveys|survey-remarks|packs)\/\{id\}/,
  // test/api/accounts.test.ts
  /^\/api\/v1\/(accounts\/\{id\}|account\/sessions\/\{id\})/,
  // One's own devices alone (test/api/push).
  /^\/api\/v1\/push\/\{id\}/,
  /^\/api\/v1\/roster\/(rotations|leaves|overrides|swaps)\/\{id\}/,
  // test/e2e/sight.test.ts
  /^\/api\/v1\/break-glass\/\{id\}\/end$/,
  // test/workflow/retention.test.ts
  /^\/api\/v1\/erasures\/\{id\}\/(approve|keep)$/,
];

describe('own station and another', () => {
  const caseIds: Record<string, string> = {};
  const routes = (): Operation[] => t.api.deps.docs.operations.filter(({ path }) => /^\/api\/v1\/.*\{/.test(path));

  beforeAll(async () => {
    for (const station of ['xinhua', 'donghu']) {
      const report = { type: 'neglect', child: { name: '测试儿童' }, narrative: '演示' };
      const { status, body } = await t.ask('POST', '/api/v1/cases', { as: `${station}_worker1`, body: report });
      expect([201, 202]).toContain(status);
      const caseId = String(body['id']);
      caseIds[station] = caseId;
      const at = new Date();
      const alert = { id: `${caseId}.first_contact.1`, caseId, stepId: 'first_contact', state: 'open' };
      await t.api.deps.db.alertRow.create({ data: { ...alert, round: 1, rung: 0, openedAt: at, nextAt: at } });
    }
  });

  test('each route with a parameter is one whose scope is tested', () => {
    const known = [...SUBJECTS, ...UNSCOPED, ...BESIDE];
    expect(
      routes()
        .filter(({ path }) => !known.some((one) => one.test(path)))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  test.each(ROLES)(
    '%s: own as the role says, another station’s like an unknown one and on the record',
    async (role) => {
      const wrong: string[] = [];
      // The sign-ins of the matrix are of the bureau where their role is.
      const seesAll = SCOPES[role] !== 'station';
      const refusals = () => t.api.deps.db.accessLog.count({ where: { allowed: false, staffId: OF_ROLE[role] } });
      const scoped = routes().filter(({ path }) => SUBJECTS.some((one) => one.test(path)));
      expect(scoped.length).toBeGreaterThan(12);
      sized(`${role}, routes × own and another station`, scoped.length, 2);
      for (const { method, path, permission } of scoped) {
        for (const station of ['xinhua', 'donghu']) {
          const caseId = caseIds[station] ?? '';
          const subject = path.startsWith('/api/v1/alerts/') ? `${caseId}.first_contact.1` : caseId;
          const address = path
            .replace('{id}', subject)
            .replace('{stepId}', 'first_contact')
            .replace(/\{\w+\}/g, 'unknown');
          const verb = method.toUpperCase();
          const before = await refusals();
          // Nothing that a body could say is valid: what is let through is refused for it, and changes nothing.
          const body = { nothing: 'of this' };
          const { status } = await t.ask(verb, address, { as: OF_ROLE[role], ...(verb === 'POST' && { body }) });
          const granted = !named(permission) || GRANTS[role].includes(permission);
          const open = granted && (seesAll || station === 'xinhua');
          const expected = open
            ? [200, 422, ...(/\{(referral|paper)Id\}/.test(path) ? [404] : [])]
            : [granted ? 404 : 403];
          const line = `${verb} ${path} of ${station}: ${status}`;
          if (!expected.includes(status)) wrong.push(line);
          if (!open && (await refusals()) !== before + 1) wrong.push(`${line}, not on the record`);
        }
      }
      expect(wrong).toEqual([]);
    },
    WALK_MS,
  );
});
