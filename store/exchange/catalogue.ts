/**
 * What belongs to one station (导出目录), file by file, in the order in which it can be put back: each a table, and which of its rows.
 * The station stands in a setting of the transaction, so that every condition is a plain statement.
 */

/** The station whose data it is. */
export const STATION_SETTING = 'shouwang.station';
const S = `current_setting('${STATION_SETTING}')`;
const BUREAUS = `SELECT id FROM stations WHERE bureau`;
/** The station itself and the bureau, whose duty officers stand on its ladders. */
const here = (of = ''): string => `(${of}station_id = ${S} OR ${of}station_id IN (${BUREAUS}))`;
const HERE = here();
const CASES = `SELECT id FROM cases WHERE station_id = ${S}`;
const REPORTS = `SELECT id FROM reports WHERE station_id = ${S}`;
const CHILDREN = `SELECT id FROM registered_children WHERE station_id = ${S}`;
const ATTACHMENTS = `SELECT id FROM attachments WHERE station_id = ${S} OR case_id IN (${CASES})`;
const PAPERS = `SELECT id FROM case_papers WHERE case_id IN (${CASES})`;
const inCases = `case_id IN (${CASES})`;

/** Everybody whom a record names: their name stays readable, though they work elsewhere. */
const NAMED = `
  SELECT actor_id FROM events WHERE ${inCases} AND actor_kind = 'staff'
  UNION SELECT assignee_id FROM cases WHERE station_id = ${S}
  UNION SELECT reported_by FROM cases WHERE station_id = ${S}
  UNION SELECT actor_id FROM report_events WHERE report_id IN (${REPORTS}) AND actor_kind = 'staff'
  UNION SELECT staff_id FROM duty_overrides WHERE ${HERE}
  UNION SELECT staff_id FROM access_log WHERE ${inCases}
  UNION SELECT staff_id FROM case_named WHERE ${inCases}
  UNION SELECT staff_id FROM case_conflicts WHERE ${inCases}`;
const STAFF_HERE = `SELECT id FROM staff WHERE ${HERE}`;
const PARTNERS = `SELECT id FROM partners WHERE station_id = ${S} OR station_id IS NULL
  OR id IN (SELECT partner_id FROM referrals WHERE ${inCases})`;

/** Keys of the vault that the station's data lies under. */
const SUBJECTS = `
  SELECT subject_id FROM cases WHERE station_id = ${S}
  UNION SELECT subject_id FROM reports WHERE station_id = ${S}
  UNION SELECT subject_id FROM registered_children WHERE station_id = ${S}
  UNION SELECT subject_id FROM attachments WHERE station_id = ${S} OR ${inCases}
  UNION SELECT subject_id FROM vault_items WHERE id IN (
    SELECT note_id FROM services WHERE station_id = ${S}
    UNION SELECT text_id FROM survey_answers WHERE station_id = ${S}
    UNION SELECT reason_id FROM service_events WHERE station_id = ${S})`;

export interface Kind {
  /** Of its file, without the ending. */
  name: string;
  table: string;
  where: string;
  /** Columns by which lines are in order. */
  order: string;
  /** Columns that stay behind: made anew by the receiver, or of this system alone. */
  without?: readonly string[];
  /** Columns that leave sealed. */
  sealed?: readonly string[];
  /** Values that replace a row's own. */
  instead?: string;
}

export const KINDS: readonly Kind[] = [
  {
    name: 'stations',
    table: 'stations',
    where: `id = ${S} OR bureau OR id IN (SELECT station_id FROM staff WHERE id IN (${NAMED}))`,
    order: 'id',
  },
  {
    name: 'staff',
    table: 'staff',
    where: `${HERE} OR id IN (${NAMED})`,
    order: 'id',
    // Numbers have been contacts since the roster; an old row may still hold one.
    without: ['user_id', 'phone', 'email'],
    sealed: ['name'],
    // Who works elsewhere comes along as a name alone.
    instead: `jsonb_build_object('active', t.active AND ${here('t.')})`,
  },
  {
    name: 'partners',
    table: 'partners',
    where: `id IN (${PARTNERS})`,
    order: 'id',
    without: ['phone', 'email'],
  },
  {
    name: 'contacts',
    table: 'contacts',
    where: `staff_id IN (${STAFF_HERE}) OR partner_id IN (${PARTNERS}) OR ${HERE}`,
    order: 'id',
    without: ['code_round', 'code_sent_at', 'code_tries'],
    sealed: ['value', 'label'],
  },
  { name: 'rotations', table: 'rotations', where: HERE, order: 'id' },
  { name: 'leaves', table: 'leaves', where: `staff_id IN (${STAFF_HERE})`, order: 'id' },
  { name: 'duty-overrides', table: 'duty_overrides', where: HERE, order: 'id' },
  { name: 'swaps', table: 'swaps', where: HERE, order: 'id' },
  { name: 'roster-events', table: 'roster_events', where: `station_id = ${S}`, order: 'id', without: ['id'] },
  { name: 'covers', table: 'covers', where: `station_id = ${S}`, order: 'id' },
  { name: 'account-events', table: 'account_events', where: `station_id = ${S}`, order: 'id', without: ['id'] },
  { name: 'policy-versions', table: 'policy_versions', where: `state = 'published'`, order: 'decided_at, id' },
  {
    name: 'policy-events',
    table: 'policy_events',
    where: `draft_id IN (SELECT id FROM policy_versions WHERE state = 'published')`,
    order: 'id',
    without: ['id'],
  },
  {
    name: 'counters',
    table: 'counters',
    where: `name IN ('case', 'report', 'child:' || ${S}, 'household:' || ${S})`,
    order: 'name',
  },
  {
    name: 'subjects',
    table: 'vault_keys',
    where: `subject_id IN (${SUBJECTS})`,
    order: 'subject_id',
    without: ['wrapped', 'kek_id', 'version'],
  },
  {
    name: 'vault-items',
    table: 'vault_items',
    where: `subject_id IN (${SUBJECTS})`,
    order: 'subject_id, created_at, id',
    sealed: ['sealed'],
  },
  { name: 'erased-subjects', table: 'erased_subjects', where: `subject_id IN (${SUBJECTS})`, order: 'subject_id' },
  {
    name: 'cases',
    table: 'cases',
    where: `station_id = ${S}`,
    order: 'number',
    without: ['input', 'workflow', 'clued', 'clock_ahead_ms'],
  },
  { name: 'steps', table: 'steps', where: inCases, order: 'case_id, id' },
  { name: 'alerts', table: 'alerts', where: inCases, order: 'case_id, id' },
  { name: 'referrals', table: 'referrals', where: inCases, order: 'case_id, id' },
  { name: 'case-named', table: 'case_named', where: inCases, order: 'case_id, staff_id' },
  { name: 'case-conflicts', table: 'case_conflicts', where: inCases, order: 'case_id, staff_id' },
  { name: 'broken-glass', table: 'broken_glass', where: inCases, order: 'id' },
  { name: 'access-changes', table: 'access_changes', where: inCases, order: 'id' },
  { name: 'events', table: 'events', where: inCases, order: 'case_id, seq' },
  {
    name: 'case-links',
    table: 'case_links',
    where: `${inCases} AND other_id IN (${CASES})`,
    order: 'id',
  },
  {
    name: 'deliveries',
    table: 'deliveries',
    where: inCases,
    order: 'key',
    without: ['held_phone', 'held_until'],
  },
  {
    name: 'delivery-attempts',
    table: 'delivery_attempts',
    where: `key IN (SELECT key FROM deliveries WHERE ${inCases})`,
    order: 'id',
    without: ['id'],
  },
  {
    name: 'alert-replies',
    table: 'alert_replies',
    where: `alert_id IN (SELECT id FROM alerts WHERE ${inCases})`,
    order: 'id',
    without: ['id'],
  },
  { name: 'access-log', table: 'access_log', where: inCases, order: 'id', without: ['id', 'user_id'] },
  { name: 'erasures', table: 'erasures', where: `station_id = ${S}`, order: 'id' },
  { name: 'attachments', table: 'attachments', where: `id IN (${ATTACHMENTS})`, order: 'id' },
  {
    name: 'attachment-events',
    table: 'attachment_events',
    where: `attachment_id IN (${ATTACHMENTS})`,
    order: 'id',
    without: ['id'],
  },
  { name: 'case-papers', table: 'case_papers', where: inCases, order: 'id' },
  { name: 'paper-copies', table: 'paper_copies', where: `paper_id IN (${PAPERS})`, order: 'id' },
  { name: 'paper-events', table: 'paper_events', where: inCases, order: 'id', without: ['id'] },
  {
    name: 'registered-children',
    table: 'registered_children',
    where: `station_id = ${S}`,
    order: 'id',
    without: ['identity'],
  },
  {
    name: 'registered-child-cases',
    table: 'registered_child_cases',
    where: `child_id IN (${CHILDREN})`,
    order: 'case_id',
  },
  { name: 'households', table: 'households', where: `station_id = ${S}`, order: 'id' },
  { name: 'household-members', table: 'household_members', where: `child_id IN (${CHILDREN})`, order: 'child_id' },
  { name: 'service-groups', table: 'service_groups', where: `station_id = ${S}`, order: 'id' },
  // The database works people out itself.
  { name: 'services', table: 'services', where: `station_id = ${S}`, order: 'id', without: ['people'] },
  { name: 'posts', table: 'posts', where: `station_id = ${S}`, order: 'id' },
  { name: 'surveys', table: 'surveys', where: `station_id = ${S}`, order: 'id' },
  { name: 'survey-answers', table: 'survey_answers', where: `station_id = ${S}`, order: 'id' },
  { name: 'evidence-marks', table: 'evidence_marks', where: `station_id = ${S}`, order: 'attachment_id' },
  { name: 'service-events', table: 'service_events', where: `station_id = ${S}`, order: 'id', without: ['id'] },
  {
    name: 'report-sources',
    table: 'report_sources',
    where: `station_id = ${S} OR id IN (SELECT source_id FROM reports WHERE station_id = ${S})`,
    order: 'id',
  },
  {
    name: 'reports',
    table: 'reports',
    where: `station_id = ${S}`,
    order: 'number',
    without: ['input', 'clock_ahead_ms'],
    // Whatever is not over has to be begun, or ended, by the receiver.
    instead: `jsonb_build_object('watch', CASE WHEN t.watch = 'ended' THEN 'ended' ELSE 'pending' END)`,
  },
  {
    name: 'report-events',
    table: 'report_events',
    where: `report_id IN (${REPORTS})`,
    order: 'id',
    without: ['id'],
  },
];

/** Tables of which nothing leaves, and why. */
export const LEFT_BEHIND: Record<string, string> = {
  duties: 'of an older version; rotations since',
  former_stations: 'what other stations keep of cases that left them',
  child_clues: 'hashes under INDEX_KEY; made anew by the receiver',
  attachment_stages: 'uploads under way',
  robots: 'keys of groups; entered anew',
  roster_feeds: 'addresses of calendars under LINK_KEY; made anew',
  push_devices: 'devices; each asks anew',
  pushes: 'kept for a day',
  notices: 'messages of this system’s own watch',
  audit_findings: 'what this system’s audit found',
  audit_state: 'of this system',
  channel_limits: 'of this system',
  phone_budgets: 'of this system’s carrier',
  phone_uses: 'of this system’s carrier',
  delivery_faults: 'of this system’s carrier',
  reply_codes: 'codes of texts that are out',
  reply_helps: 'kept for a day',
  links: 'links under LINK_KEY; made anew with the next message',
  pickup_codes: 'codes under LINK_KEY; made anew when a referral is sent again',
  partner_sign_ins: 'sign-ins of partners',
  partner_sessions: 'sign-ins of partners',
  attempts: 'wrong tries',
  idempotency_keys: 'requests of this system',
  survey_cards: 'cards under LINK_KEY; those that were not answered are void',
  packs: 'files that expire; made anew',
  pack_parts: 'files that expire; made anew',
  anchors: 'sealed under this system’s key; the receiver anchors anew',
  anchor_heads: 'sealed under this system’s key; the receiver anchors anew',
  access_findings: 'patterns over all stations',
  station_imports: 'what this system took over itself',
  user: 'accounts; set up anew by one-time links',
  session: 'sign-ins',
  account: 'passwords',
  verification: 'sign-ins',
  twoFactor: 'second factors',
  apikey: 'keys of programs',
  rateLimit: 'sign-ins',
  known_places: 'sign-ins',
  used_codes: 'sign-ins',
  sign_in_codes: 'sign-ins',
  setup_links: 'one-time links',
};
