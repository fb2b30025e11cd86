-- Days are ISO 8601 text, instants UTC to the microsecond, lists JSON text that
-- is never compared. The same tables and columns as in migrations/postgres.

-- +goose Up
CREATE TABLE policies (
    hash TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);

CREATE TABLE runs (
    id           TEXT      NOT NULL PRIMARY KEY,
    as_of        TEXT      NOT NULL,
    school_year  INTEGER   NOT NULL,
    policy_hash  TEXT      NOT NULL REFERENCES policies (hash),
    input_digest TEXT      NOT NULL,
    settings     TEXT      NOT NULL,
    version      TEXT      NOT NULL,
    record_only  BOOLEAN   NOT NULL,
    started_at   TIMESTAMP NOT NULL,
    finished_at  TIMESTAMP,
    summary      TEXT      NOT NULL
);
CREATE INDEX runs_by_day ON runs (school_year, as_of);

CREATE TABLE school_nights (
    run_id    TEXT NOT NULL REFERENCES runs (id),
    school_id TEXT NOT NULL,
    status    TEXT NOT NULL CHECK (status IN ('committed', 'rendered', 'delivered')),
    held      TEXT NOT NULL,
    counts    TEXT NOT NULL,
    material  BLOB,
    PRIMARY KEY (run_id, school_id)
);
CREATE INDEX school_nights_by_school ON school_nights (school_id);

CREATE TABLE cases (
    id          TEXT    NOT NULL PRIMARY KEY,
    student_id  TEXT    NOT NULL,
    school_id   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    round       INTEGER NOT NULL,
    school_year INTEGER NOT NULL,
    opened_on   TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    expr        TEXT    NOT NULL,
    words       TEXT    NOT NULL,
    dates       TEXT    NOT NULL,
    policy_hash TEXT    NOT NULL REFERENCES policies (hash),
    events      INTEGER NOT NULL,
    letters     INTEGER NOT NULL,
    UNIQUE (school_year, student_id, kind, round)
);
CREATE INDEX cases_by_school ON cases (school_id, school_year);

-- cases, letters, meetings and meeting_days say how things stand. What a night
-- changed of them can be told from case_moves, letters.withdrawn_by,
-- meeting_changes and meeting_day_changes, so that an older night can be seen as
-- it was.
CREATE TABLE case_moves (
    case_id     TEXT NOT NULL REFERENCES cases (id),
    run_id      TEXT NOT NULL REFERENCES runs (id),
    from_school TEXT NOT NULL,
    to_school   TEXT NOT NULL,
    PRIMARY KEY (case_id, run_id)
);

-- run_id is the night's that did it; what a person recorded has none.
CREATE TABLE case_events (
    case_id TEXT      NOT NULL REFERENCES cases (id),
    seq     INTEGER   NOT NULL,
    run_id  TEXT      REFERENCES runs (id),
    kind    TEXT      NOT NULL,
    at      TIMESTAMP NOT NULL,
    day     TEXT,
    actor   TEXT      NOT NULL,
    detail  TEXT      NOT NULL,
    facts   TEXT      NOT NULL,
    UNIQUE (case_id, seq)
);

CREATE TABLE letters (
    id           TEXT    NOT NULL PRIMARY KEY,
    run_id       TEXT    NOT NULL REFERENCES runs (id),
    school_year  INTEGER NOT NULL,
    case_id      TEXT    REFERENCES cases (id),
    seq          INTEGER NOT NULL,
    student_id   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    household    TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    sent_to      TEXT    NOT NULL,
    issued_on    TEXT    NOT NULL,
    named        TEXT    NOT NULL, -- JSON, the days the letter says were counted
    withdrawn_by TEXT    REFERENCES runs (id)
);
CREATE INDEX letters_by_case ON letters (case_id);
CREATE INDEX letters_by_run ON letters (run_id);
CREATE INDEX letters_by_year ON letters (school_year);

CREATE TABLE meetings (
    id          TEXT    NOT NULL PRIMARY KEY,
    case_id     TEXT    NOT NULL REFERENCES cases (id),
    student_id  TEXT    NOT NULL,
    school_id   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    day         TEXT    NOT NULL,
    starts      INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    room        TEXT    NOT NULL,
    place       TEXT    NOT NULL,
    facilitator TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    cancelled   BOOLEAN NOT NULL
);
CREATE INDEX meetings_by_case ON meetings (case_id);
CREATE INDEX meetings_by_student ON meetings (student_id);
CREATE INDEX meetings_by_day ON meetings (school_id, day);

CREATE TABLE meeting_changes (
    meeting_id  TEXT    NOT NULL REFERENCES meetings (id),
    run_id      TEXT    NOT NULL REFERENCES runs (id),
    school_id   TEXT    NOT NULL,
    day         TEXT    NOT NULL,
    starts      INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    room        TEXT    NOT NULL,
    place       TEXT    NOT NULL,
    facilitator TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    cancelled   BOOLEAN NOT NULL,
    PRIMARY KEY (meeting_id, run_id, sequence)
);

CREATE TABLE meeting_days (
    school_id       TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    day             TEXT    NOT NULL,
    school_year     INTEGER NOT NULL,
    starts          INTEGER NOT NULL,
    ends            INTEGER NOT NULL,
    slot_minutes    INTEGER NOT NULL,
    rooms           TEXT    NOT NULL,
    place           TEXT    NOT NULL,
    facilitators    TEXT    NOT NULL,
    ordinal         INTEGER NOT NULL,
    specialist_role TEXT    NOT NULL,
    due             TEXT    NOT NULL,
    moved           TEXT    NOT NULL,
    PRIMARY KEY (school_id, kind, day)
);
CREATE INDEX meeting_days_by_year ON meeting_days (school_year, day);

-- A night's last word on a day, where it differs from the word before.
CREATE TABLE meeting_day_changes (
    school_id       TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    day             TEXT    NOT NULL,
    run_id          TEXT    NOT NULL REFERENCES runs (id),
    school_year     INTEGER NOT NULL,
    starts          INTEGER NOT NULL,
    ends            INTEGER NOT NULL,
    slot_minutes    INTEGER NOT NULL,
    rooms           TEXT    NOT NULL,
    place           TEXT    NOT NULL,
    facilitators    TEXT    NOT NULL,
    ordinal         INTEGER NOT NULL,
    specialist_role TEXT    NOT NULL,
    due             TEXT    NOT NULL,
    moved           TEXT    NOT NULL,
    PRIMARY KEY (school_id, kind, day, run_id)
);

CREATE TABLE documents (
    run_id    TEXT    NOT NULL REFERENCES runs (id),
    school_id TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    TEXT    NOT NULL,
    pages     INTEGER NOT NULL,
    students  INTEGER NOT NULL,
    PRIMARY KEY (run_id, path)
);

CREATE TABLE deliveries (
    message_id TEXT NOT NULL PRIMARY KEY,
    run_id     TEXT NOT NULL REFERENCES runs (id),
    school_id  TEXT NOT NULL,
    role       TEXT NOT NULL,
    recipients TEXT NOT NULL,
    sent_at    TIMESTAMP
);
CREATE INDEX deliveries_by_run ON deliveries (run_id);

-- How many entries of a case's history were given to the student information system.
CREATE TABLE exports (
    case_id TEXT      NOT NULL REFERENCES cases (id),
    entries INTEGER   NOT NULL,
    at      TIMESTAMP NOT NULL,
    PRIMARY KEY (case_id, entries)
);

CREATE TABLE holds (
    school_id    TEXT      NOT NULL,
    student_id   TEXT      NOT NULL,
    seq          INTEGER   NOT NULL,
    why          TEXT      NOT NULL,
    held_by      TEXT      NOT NULL,
    at           TIMESTAMP NOT NULL,
    from_day     TEXT      NOT NULL,
    until_day    TEXT,
    released_at  TIMESTAMP,
    released_by  TEXT      NOT NULL,
    released_why TEXT      NOT NULL,
    PRIMARY KEY (school_id, student_id, seq)
);

CREATE TABLE approvals (
    run_id      TEXT      NOT NULL REFERENCES runs (id),
    school_id   TEXT      NOT NULL,
    held        TEXT      NOT NULL,
    approved_by TEXT      NOT NULL,
    why         TEXT      NOT NULL,
    at          TIMESTAMP NOT NULL,
    PRIMARY KEY (run_id, school_id)
);
-- What was once written here is only ever added to.
-- +goose StatementBegin
CREATE TRIGGER policies_stand_when_changed BEFORE UPDATE ON policies
BEGIN
    SELECT RAISE(ABORT, 'the text of a policy stands');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER policies_stand_when_deleted BEFORE DELETE ON policies
BEGIN
    SELECT RAISE(ABORT, 'the text of a policy stands');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER case_events_stand_when_changed BEFORE UPDATE ON case_events
BEGIN
    SELECT RAISE(ABORT, 'the events of a case are only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER case_events_stand_when_deleted BEFORE DELETE ON case_events
BEGIN
    SELECT RAISE(ABORT, 'the events of a case are only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER case_moves_stand_when_changed BEFORE UPDATE ON case_moves
BEGIN
    SELECT RAISE(ABORT, 'the moves of a case are only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER case_moves_stand_when_deleted BEFORE DELETE ON case_moves
BEGIN
    SELECT RAISE(ABORT, 'the moves of a case are only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_changes_stand_when_changed BEFORE UPDATE ON meeting_changes
BEGIN
    SELECT RAISE(ABORT, 'what was said of a meeting is only ever added to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER meeting_changes_stand_when_deleted BEFORE DELETE ON meeting_changes
BEGIN
    SELECT RAISE(ABORT, 'what was said of a meeting is only ever added to');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE approvals;
DROP TABLE holds;
DROP TABLE exports;
DROP TABLE deliveries;
DROP TABLE documents;
DROP TABLE meeting_day_changes;
DROP TABLE meeting_days;
DROP TABLE meeting_changes;
DROP TABLE meetings;
DROP TABLE letters;
DROP TABLE case_events;
DROP TABLE case_moves;
DROP TABLE cases;
DROP TABLE school_nights;
DROP TABLE runs;
DROP TABLE policies;
