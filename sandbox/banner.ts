import { existsSync, readFileSync } from 'node:fs';

/** One made-up sign-in, as the data part writes it. */
export interface Account {
  username: string;
  password: string;
  role: string;
  stationId: string | null;
  staffId: string | null;
  phone: string | null;
  email: string | null;
  token: string;
}

/** The sign-ins of a sandbox; none before its data are loaded. */
export function readAccounts(file: string): Account[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Account[]) : [];
}

/** Columns padded to their widest entry. */
function table(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

/** What is printed when everything runs: the address and the sign-ins, on one screen. */
export function banner(facts: { url: string; accounts: Account[]; accountsFile: string; seconds: number }): string {
  const { url, accounts, accountsFile, seconds } = facts;
  const head = ['username', 'password', 'role', 'station'];
  const rows = accounts.map(({ username, password, role, stationId }) => [username, password, role, stationId ?? '-']);
  return [
    '',
    `守望 · Shouwang  SANDBOX  —  演示环境,请勿录入真实信息 · a demonstration, enter no real data`,
    '',
    `  网址 · address    ${url}`,
    `  接口 · API        ${url}/docs`,
    `  就绪 · ready in   ${seconds.toFixed(1)} s`,
    '',
    `登录账号 · sign-ins(令牌 · tokens: ${accountsFile})`,
    ...table([head, ...rows]),
    '',
    '按 Ctrl-C 停止,数据会保留 · Ctrl-C stops everything, the data stay',
    '',
  ].join('\n');
}
