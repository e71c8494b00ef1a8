/**
 * The first schema. Times are Unix milliseconds, numbers E.164. Whatever a list, a search or a rule looks up is a
 * real column. What the operator set up is kept as the JSON of its definition, and its columns are generated from
 * that, so that nothing has two homes.
 *
 * No reference leads from a record (events, webhook requests, notes) to a call, an integration or a workflow: records
 * outlive what they tell of, and a fact must never be refused because another one is missing.
 */
export const foundation = `
CREATE TABLE contacts (
  id            INTEGER PRIMARY KEY,
  number        TEXT NOT NULL UNIQUE,
  learned_name  TEXT,                  -- what calls found out
  desk_position INTEGER,               -- the place in the desk file; NULL: made by a call, never in a desk file
  desk_name     TEXT,
  desk_notes    TEXT,
  desk_tags     TEXT CHECK (desk_tags IS NULL OR json_valid(desk_tags)),  -- a JSON array; NULL: none
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_notes (
  id         INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts (id),
  call_id    TEXT NOT NULL,
  at         INTEGER NOT NULL,
  text       TEXT NOT NULL,
  UNIQUE (contact_id, call_id, text)   -- writing down a call again repeats nothing
) STRICT;

CREATE TABLE integrations (
  id              TEXT PRIMARY KEY,
  position        INTEGER NOT NULL,
  definition      TEXT NOT NULL CHECK (json_valid(definition)),
  name            TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.name') VIRTUAL,
  static_number   TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.staticNumber') VIRTUAL,
  router_key      TEXT UNIQUE GENERATED ALWAYS AS (definition ->> '$.routerKey') VIRTUAL,
  dynamic_webhook TEXT GENERATED ALWAYS AS (definition ->> '$.dynamic.webhook') VIRTUAL,
  updated_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE groups (
  id         TEXT PRIMARY KEY,
  position   INTEGER NOT NULL,
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  strategy   TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.strategy') VIRTUAL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE schedules (
  id         TEXT PRIMARY KEY,
  position   INTEGER NOT NULL,
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  timezone   TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.timezone') VIRTUAL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workflows (
  id             TEXT PRIMARY KEY,
  position       INTEGER NOT NULL,
  definition     TEXT NOT NULL CHECK (json_valid(definition)),
  kind           TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.kind') VIRTUAL,
  name           TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.name') VIRTUAL,
  number         TEXT NOT NULL UNIQUE GENERATED ALWAYS AS (definition ->> '$.number') VIRTUAL,
  model          TEXT NOT NULL GENERATED ALWAYS AS (definition ->> '$.model') VIRTUAL,
  integration_id TEXT NOT NULL REFERENCES integrations (id)
    GENERATED ALWAYS AS (coalesce(definition ->> '$.integration', definition ->> '$.metadata.integration')) STORED,
  updated_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX workflows_by_integration ON workflows (integration_id);

CREATE TABLE calls (
  id              TEXT PRIMARY KEY,
  call_sid        TEXT NOT NULL UNIQUE,
  account_sid     TEXT NOT NULL,
  from_number     TEXT,                -- NULL: withheld
  to_number       TEXT NOT NULL,
  workflow_id     TEXT,
  workflow_name   TEXT,
  model           TEXT,
  contact_id      INTEGER,
  contact_name    TEXT,
  contact_known   INTEGER NOT NULL,
  phase           TEXT NOT NULL,
  outcome         TEXT,
  started_at      INTEGER NOT NULL,
  ended_at        INTEGER,             -- NULL: the call goes on
  last_seq        INTEGER NOT NULL,
  transfer_cause  TEXT,
  reason          TEXT,
  department      TEXT,
  integration_id  TEXT,
  decided_via     TEXT,
  rule            TEXT,
  decision_ms     REAL,
  destination     TEXT,
  fallback_reason TEXT,
  message         TEXT,
  summary         TEXT
) STRICT;
CREATE INDEX calls_by_start ON calls (started_at);
CREATE INDEX calls_by_caller ON calls (from_number, started_at);
CREATE INDEX calls_open ON calls (started_at) WHERE ended_at IS NULL;
CREATE INDEX calls_unsummarised ON calls (ended_at) WHERE ended_at IS NOT NULL AND summary IS NULL;

CREATE TABLE call_events (
  call_id TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  type    TEXT NOT NULL,
  fact    TEXT NOT NULL,               -- JSON
  UNIQUE (call_id, seq)
) STRICT;

-- Written on every request that Patchbay answers, so it carries one partial index and no more.
CREATE TABLE webhook_requests (
  id              INTEGER PRIMARY KEY,
  direction       TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  at              INTEGER NOT NULL,
  method          TEXT NOT NULL,
  url             TEXT NOT NULL,
  status          INTEGER,             -- NULL: there was no answer
  ms              REAL NOT NULL,
  request_body    TEXT,
  answer_body     TEXT,
  call_id         TEXT,
  integration_id  TEXT,
  fallback_reason TEXT,
  problem         TEXT
) STRICT;
CREATE INDEX webhook_requests_of_call ON webhook_requests (call_id) WHERE call_id IS NOT NULL;

CREATE TABLE outbox (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL CHECK (kind IN ('after-call')),
  call_id      TEXT NOT NULL,
  url          TEXT NOT NULL,
  body         TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
  attempts     INTEGER NOT NULL,
  next_at      INTEGER NOT NULL,
  last_problem TEXT,
  created_at   INTEGER NOT NULL,
  delivered_at INTEGER,
  UNIQUE (kind, call_id)               -- a call is told of once
) STRICT;
CREATE INDEX outbox_waiting ON outbox (url, next_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_by_state ON outbox (state, created_at);
`;
