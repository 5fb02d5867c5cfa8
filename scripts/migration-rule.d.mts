export function faultsOf(sql: string): string[];
