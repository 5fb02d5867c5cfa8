interface Advisory {
  name: string;
  title: string;
  severity: string;
  url: string;
}
/** What `npm audit --json` says; `via` names another package, or the advisory itself. */
interface Report {
  error?: unknown;
  message?: unknown;
  vulnerabilities?: Record<string, { via: (Advisory | string)[] }>;
}

export function weaknesses(report: Report): string[] | undefined;
export function checkDependencies(): Promise<'ok' | 'skipped' | string[]>;
