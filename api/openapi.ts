import { z } from 'zod';
import type { Permission } from './permissions';

/** One route, as the documentation shows it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** From the root, with {parameters}: /api/v1/cases/{id} */
  path: string;
  summary: string;
  tag: string;
  /** Absent: no sign-in needed. */
  permission?: Permission | 'signed-in';
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media type of a body that is a file, instead of `body`. */
  bodyType?: string;
  /** By status; a schema where the answer is JSON. Problems need not be listed. */
  answers: Record<number, { description: string; schema?: z.ZodType }>;
}
type Json = Record<string, unknown>;

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
    possible: { type: 'array', items: { type: 'string' } },
    current: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  },
};

/** What a schema accepts (input) or what an answer looks like (output), as JSON Schema 2020-12. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}

/** The operations of this API (接口说明), collected from the routers. */
export class ApiDocs {
  private readonly list: Operation[] = [];

  add(...operations: Operation[]): void {
    this.list.push(...operations);
  }

  get operations(): readonly Operation[] {
    return this.list;
  }

  /** OpenAPI 3.1. @param url where this API is reached */
  document(url: string, version: string): Json {
    const paths: Record<string, Json> = {};
    for (const one of this.list) (paths[one.path] ??= {})[one.method] = describe(one);
    return {
      openapi: '3.1.0',
      info: {
        title: '守望 Shouwang',
        version,
        description: 'Cases of special protection (特殊保护), their steps, deadlines and alerts.',
      },
      servers: [{ url }],
      paths,
      components: {
        schemas: { Problem: PROBLEM },
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'better-auth.session_token' },
        },
      },
    };
  }
}

function describe(one: Operation): Json {
  const names = [...one.path.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const query = one.query ? jsonSchema(one.query, 'input') : {};
  const required = new Set((query['required'] as string[] | undefined) ?? []);
  const fields = Object.entries((query['properties'] as Json | undefined) ?? {});
  const write = one.method !== 'get' && one.permission !== undefined;
  return {
    summary: one.summary,
    tags: [one.tag],
    ...(one.permission && { security: [{ token: [] }, { session: [] }], 'x-permission': one.permission }),
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...fields.map(([name, schema]) => ({ name, in: 'query', required: required.has(name), schema })),
      ...(write ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 255 } }] : []),
    ],
    ...(one.body && { requestBody: { content: { 'application/json': { schema: jsonSchema(one.body, 'input') } } } }),
    ...(one.bodyType && {
      requestBody: { content: { [one.bodyType]: { schema: { type: 'string', format: 'binary' } } } },
    }),
    responses: { ...answers(one), default: problemAnswer },
  };
}

const problemAnswer: Json = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const answers = (one: Operation): Json =>
  Object.fromEntries(
    Object.entries(one.answers).map(([status, { description, schema }]) => [
      status,
      { description, ...(schema && { content: { 'application/json': { schema: jsonSchema(schema, 'output') } } }) },
    ]),
  );
