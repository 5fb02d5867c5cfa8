/** What is read anew when something of the roster has changed. */
export const ROSTER_READS = ['roster', 'oncall', 'leaves', 'overrides', 'swaps'] as const;
