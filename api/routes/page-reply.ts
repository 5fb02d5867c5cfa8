/** How the pages behind messages answer: HTML to people, JSON to office robots that ask for it. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { operationIdOf } from '../idempotency';
import { messagePage, type Refused } from '../pages/layout';
import { Problem } from '../problem';

/** A robot asks for JSON, or sends it without asking for a page. */
export function wantsJson(req: Request): boolean {
  const said = req.get('accept') ?? '*/*';
  if (req.accepts(['html', 'json']) === 'json') return true;
  return !said.includes('html') && Boolean(req.is(['application/json', 'application/*+json']));
}

export const sendPage = (res: Response, status: number, page: string): void =>
  void res.status(status).type('html').send(page);

/** The id of what a form does: a double tap on one showing of it, or a repeated Idempotency-Key, is one operation. */
export function operationOf(req: Request, about: string, once: string | undefined): string {
  const key = once ?? req.get('idempotency-key')?.slice(0, 255);
  return key === undefined ? req.operationId : operationIdOf({ caller: about, key });
}

/** What a refused form is shown with again; undefined for any other failure. */
export function refusedForm(error: unknown, req: Request): Refused | undefined {
  if (!(error instanceof Problem) || error.status !== 422 || error.errors === undefined) return undefined;
  const fields = Object.entries((req.body ?? {}) as Record<string, unknown>);
  return {
    errors: error.errors,
    kept: Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string')),
  };
}

interface Said {
  title: string;
  words: string[];
}

const ASK = '如有疑问，请与发送通知的单位联系。';
const UNEXPECTED: Said = { title: '暂时无法办理', words: ['系统出现异常，操作没有完成，请稍后再试。', ASK] };
const BY_STATUS: Record<number, Said> = {
  403: { title: '无法提交', words: ['本次提交不是从本页面发出的，未作任何处理。', ASK] },
  404: { title: '链接无效', words: ['没有找到对应的内容，请核对短信或邮件中的地址。', ASK] },
  409: { title: '暂时不能这样操作', words: ['当前状态下不能进行这项操作，请返回页面查看。', ASK] },
  410: { title: '链接已失效', words: ['相关事项已经办结、撤回，或链接已过有效期，无需再操作。', ASK] },
  422: { title: '内容有误', words: ['提交的内容不完整或不符合要求，请返回页面修改。', ASK] },
  503: { title: '暂时无法办理', words: ['系统暂时繁忙，操作没有完成，请稍后再试。', ASK] },
};

/** Failures of a page's routes as pages; to robots, and for what stands on no page, the frame answers. */
export function failedPage(deps: ApiDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent || wantsJson(req)) return next(error);
    const problem = asProblem(error);
    if (problem.status >= 500) {
      const cause = problem.cause instanceof Error ? problem.cause.name : typeof problem.cause;
      deps.log.error({ requestId: req.requestId, failure: problem.type, cause }, 'page failed');
    }
    const { title, words } = BY_STATUS[problem.status] ?? UNEXPECTED;
    const reference = problem.status >= 500 ? [`查询编号：${req.requestId}`] : [];
    res.set(problem.headers);
    sendPage(res, problem.status, messagePage({ title, sandbox: isSandbox(deps) }, [...words, ...reference]));
  };
}

export const isSandbox = (deps: ApiDeps): boolean => deps.config.sandbox !== undefined;
