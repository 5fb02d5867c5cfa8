/** What is asked about a child, and about who reported, in the order in which it is shown. */
export const CHILD_FIELDS = ['name', 'sex', 'birthDate', 'idNumber', 'phone', 'address'] as const;
export const REPORTER_FIELDS = ['name', 'role', 'phone'] as const;
