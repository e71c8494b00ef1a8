/** What rules, groups, ring plans and promises remember from call to call. */
export const rulesAndRingPlans = `
-- Call backs that callers who reached nobody were promised; one a call. Written before the text goes out.
CREATE TABLE promises (
  id             TEXT PRIMARY KEY,
  call_id        TEXT NOT NULL UNIQUE,
  integration_id TEXT,
  number         TEXT NOT NULL,
  called         TEXT NOT NULL,
  contact_name   TEXT,
  reason         TEXT NOT NULL,
  case_number    TEXT NOT NULL,
  made_at        INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  message_sid    TEXT,                     -- NULL with no problem: whether the text went out was not learned
  text_problem   TEXT,
  ended_at       INTEGER,                  -- NULL: the caller was not reached since
  ended_by       TEXT CHECK (ended_by IN ('called-back', 'caller-called', 'marked')),
  attempts       INTEGER NOT NULL DEFAULT 0,
  reminded_at    INTEGER                   -- when the operator was told that it is broken
) STRICT;
CREATE INDEX promises_by_time ON promises (made_at);
CREATE INDEX promises_open ON promises (number, due_at) WHERE ended_at IS NULL;

-- The member that a round-robin group's last decision began with.
CREATE TABLE group_turns (
  group_id TEXT PRIMARY KEY,
  member   TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

-- Destinations that were not reached when they were last rung.
CREATE TABLE unreached_destinations (
  number      TEXT PRIMARY KEY,
  failures    INTEGER NOT NULL,             -- in a row
  rests_until INTEGER NOT NULL              -- 0: it does not rest
) STRICT;

-- Finds the voicemails that are still to be fetched.
CREATE INDEX call_events_voicemails ON call_events (at) WHERE type = 'voicemail.recorded';

-- A request of a platform that got a destination is a transfer. In the row itself, with one index over the transfers
-- alone: a table of its own would cost such a request, for which a caller waits, twice as much again.
ALTER TABLE webhook_requests ADD COLUMN dialect TEXT;
ALTER TABLE webhook_requests ADD COLUMN caller TEXT;       -- NULL: withheld
ALTER TABLE webhook_requests ADD COLUMN called TEXT;       -- NULL: the platform does not tell
ALTER TABLE webhook_requests ADD COLUMN destination TEXT;  -- NULL: this is no transfer
ALTER TABLE webhook_requests ADD COLUMN told TEXT;         -- JSON, of a transfer whose call is awaited at a hand-over number
ALTER TABLE webhook_requests ADD COLUMN went_by TEXT;      -- JSON, what the decision went by; NULL: a caller who is no contact
CREATE INDEX webhook_requests_transfers ON webhook_requests (at) WHERE destination IS NOT NULL;

-- What the platform that took a call told of it afterwards, once for each of its calls.
CREATE TABLE platform_calls (
  id             INTEGER PRIMARY KEY,
  integration_id TEXT NOT NULL,
  call_id        TEXT NOT NULL,             -- the platform's
  transfer_id    INTEGER UNIQUE,            -- the request in webhook_requests that it belongs to; NULL: none was found
  workflow_id    TEXT,
  workflow_name  TEXT,
  from_number    TEXT,                      -- NULL: withheld, or no phone call
  to_number      TEXT,
  status         TEXT NOT NULL,
  summary        TEXT NOT NULL,
  transcript     TEXT NOT NULL CHECK (json_valid(transcript)),  -- a JSON array of {role, content}
  form           TEXT NOT NULL CHECK (json_valid(form)),        -- a JSON object of texts
  context        TEXT NOT NULL,                                 -- as the platform sent it
  created_at     INTEGER,
  received_at    INTEGER NOT NULL,
  UNIQUE (integration_id, call_id)
) STRICT;

-- What the time machine replays: the newest calls about which something was decided.
CREATE INDEX calls_decided ON calls (started_at) WHERE decided_via IS NOT NULL;
`;
