/**
 * What going live adds: how Patchbay stands with the operator's Twilio account. Secrets are in the vault, never here.
 * Rows name the account they belong to, so that another account finds nothing of the first one's.
 */
export const goingLive = `
CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL CHECK (json_valid(value)),
  changed_at INTEGER NOT NULL
) STRICT;

-- One row for each stretch of time in which the Business Profile was seen with one status.
CREATE TABLE profile_sightings (
  id           INTEGER PRIMARY KEY,
  account_sid  TEXT NOT NULL,
  status       TEXT NOT NULL,
  profile_sid  TEXT,
  reasons      TEXT NOT NULL CHECK (json_valid(reasons)),  -- a JSON array of sentences
  at           INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX profile_sightings_of_account ON profile_sightings (account_sid);

CREATE TABLE destination_tests (
  id                      INTEGER PRIMARY KEY,
  number                  TEXT NOT NULL,
  integration_id          TEXT,
  at                      INTEGER NOT NULL,
  checks                  TEXT NOT NULL CHECK (json_valid(checks)),
  outcome                 TEXT,             -- of the test call; NULL: none was made
  call_sid                TEXT,
  call                    TEXT CHECK (call IS NULL OR json_valid(call)),
  voicemail_after_seconds REAL
) STRICT;
CREATE INDEX destination_tests_of_number ON destination_tests (number, at);

-- A row is written before anything is changed at Twilio, and goes when all is as it was.
CREATE TABLE attached_numbers (
  sid           TEXT PRIMARY KEY,           -- Twilio's, PN…
  account_sid   TEXT NOT NULL,
  number        TEXT NOT NULL UNIQUE,
  workflow_id   TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('attaching', 'attached', 'detaching')),
  since         INTEGER NOT NULL,
  config_before TEXT NOT NULL CHECK (json_valid(config_before)),
  config_set    TEXT NOT NULL CHECK (json_valid(config_set)),
  config_earlier TEXT CHECK (config_earlier IS NULL OR json_valid(config_earlier)),  -- a JSON array, while it is moved
  config_seen   TEXT CHECK (config_seen IS NULL OR json_valid(config_seen)),
  seen_at       INTEGER,
  problem       TEXT
) STRICT;

-- What is hosted at Twilio for the time in which this machine is gone.
CREATE TABLE nets (
  account_sid     TEXT PRIMARY KEY,
  state           TEXT NOT NULL CHECK (state IN ('publishing', 'published', 'failed')),
  service_sid     TEXT,
  environment_sid TEXT,
  function_sid    TEXT,
  version_sid     TEXT,
  build_sid       TEXT,
  domain          TEXT,
  content_hash    TEXT,                      -- of what is deployed
  answers         TEXT CHECK (answers IS NULL OR json_valid(answers)),
  published_at    INTEGER,
  verified_at     INTEGER,
  problem         TEXT
) STRICT;

CREATE TABLE twilio_alerts (
  sid         TEXT PRIMARY KEY,
  account_sid TEXT NOT NULL,
  at          INTEGER NOT NULL,
  level       TEXT NOT NULL,
  code        INTEGER,
  call_sid    TEXT,
  request_url TEXT,
  says        TEXT NOT NULL
) STRICT;
CREATE INDEX twilio_alerts_by_time ON twilio_alerts (at);
CREATE INDEX twilio_alerts_of_call ON twilio_alerts (call_sid) WHERE call_sid IS NOT NULL;
`;
