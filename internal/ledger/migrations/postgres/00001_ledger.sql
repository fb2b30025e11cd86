-- Days are ISO 8601 text, instants UTC to the microsecond, lists JSON text that
-- is never compared. The same tables and columns as in migrations/sqlite. Text is
-- ordered by its bytes, as SQLite does, whatever the server's locale.

-- +goose Up
CREATE TABLE policies (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    text TEXT COLLATE "C" NOT NULL
);

CREATE TABLE runs (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    as_of        TEXT COLLATE "C" NOT NULL,
    school_year  BIGINT NOT NULL,
    policy_hash  TEXT COLLATE "C" NOT NULL REFERENCES policies (hash),
    input_digest TEXT COLLATE "C" NOT NULL,
    settings     TEXT COLLATE "C" NOT NULL,
    version      TEXT COLLATE "C" NOT NULL,
    record_only  BOOLEAN   NOT NULL,
    started_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ,
    summary      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX runs_by_day ON runs (school_year, as_of);

CREATE TABLE school_nights (
    run_id    TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_id TEXT COLLATE "C" NOT NULL,
    status    TEXT COLLATE "C" NOT NULL CHECK (status IN ('committed', 'rendered', 'delivered')),
    held      TEXT COLLATE "C" NOT NULL,
    counts    TEXT COLLATE "C" NOT NULL,
    material  BYTEA,
    PRIMARY KEY (run_id, school_id)
);
CREATE INDEX school_nights_by_school ON school_nights (school_id);

CREATE TABLE cases (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    student_id  TEXT COLLATE "C" NOT NULL,
    school_id   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    round       BIGINT NOT NULL,
    school_year BIGINT NOT NULL,
    opened_on   TEXT COLLATE "C" NOT NULL,
    rule        TEXT COLLATE "C" NOT NULL,
    expr        TEXT COLLATE "C" NOT NULL,
    words       TEXT COLLATE "C" NOT NULL,
    dates       TEXT COLLATE "C" NOT NULL,
    policy_hash TEXT COLLATE "C" NOT NULL REFERENCES policies (hash),
    events      BIGINT NOT NULL,
    letters     BIGINT NOT NULL,
    UNIQUE (school_year, student_id, kind, round)
);
CREATE INDEX cases_by_school ON cases (school_id, school_year);

-- cases, letters, meetings and meeting_days say how things stand. What a night
-- changed of them can be told from case_moves, letters.withdrawn_by,
-- meeting_changes and meeting_day_changes, so that an older night can be seen as
-- it was.
CREATE TABLE case_moves (
    case_id     TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    run_id      TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    from_school TEXT COLLATE "C" NOT NULL,
    to_school   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (case_id, run_id)
);

-- run_id is the night's that did it; what a person recorded has none.
CREATE TABLE case_events (
    case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    seq     BIGINT NOT NULL,
    run_id  TEXT COLLATE "C" REFERENCES runs (id),
    kind    TEXT COLLATE "C" NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    day     TEXT COLLATE "C",
    actor   TEXT COLLATE "C" NOT NULL,
    detail  TEXT COLLATE "C" NOT NULL,
    facts   TEXT COLLATE "C" NOT NULL,
    UNIQUE (case_id, seq)
);

CREATE TABLE letters (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    run_id       TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_year  BIGINT NOT NULL,
    case_id      TEXT COLLATE "C" REFERENCES cases (id),
    seq          BIGINT NOT NULL,
    student_id   TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    channel      TEXT COLLATE "C" NOT NULL,
    household    TEXT COLLATE "C" NOT NULL,
    language     TEXT COLLATE "C" NOT NULL,
    sent_to      TEXT COLLATE "C" NOT NULL,
    issued_on    TEXT COLLATE "C" NOT NULL,
    named        TEXT COLLATE "C" NOT NULL, -- JSON, the days the letter says were counted
    withdrawn_by TEXT COLLATE "C" REFERENCES runs (id)
);
CREATE INDEX letters_by_case ON letters (case_id);
CREATE INDEX letters_by_run ON letters (run_id);
CREATE INDEX letters_by_year ON letters (school_year);

CREATE TABLE meetings (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    case_id     TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    student_id  TEXT COLLATE "C" NOT NULL,
    school_id   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    day         TEXT COLLATE "C" NOT NULL,
    starts      BIGINT NOT NULL,
    ends        BIGINT NOT NULL,
    room        TEXT COLLATE "C" NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    facilitator TEXT COLLATE "C" NOT NULL,
    sequence    BIGINT NOT NULL,
    cancelled   BOOLEAN NOT NULL
);
CREATE INDEX meetings_by_case ON meetings (case_id);
CREATE INDEX meetings_by_student ON meetings (student_id);
CREATE INDEX meetings_by_day ON meetings (school_id, day);

CREATE TABLE meeting_changes (
    meeting_id  TEXT COLLATE "C" NOT NULL REFERENCES meetings (id),
    run_id      TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_id   TEXT COLLATE "C" NOT NULL,
    day         TEXT COLLATE "C" NOT NULL,
    starts      BIGINT NOT NULL,
    ends        BIGINT NOT NULL,
    room        TEXT COLLATE "C" NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    facilitator TEXT COLLATE "C" NOT NULL,
    sequence    BIGINT NOT NULL,
    cancelled   BOOLEAN NOT NULL,
    PRIMARY KEY (meeting_id, run_id, sequence)
);

CREATE TABLE meeting_days (
    school_id       TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    day             TEXT COLLATE "C" NOT NULL,
    school_year     BIGINT NOT NULL,
    starts          BIGINT NOT NULL,
    ends            BIGINT NOT NULL,
    slot_minutes    BIGINT NOT NULL,
    rooms           TEXT COLLATE "C" NOT NULL,
    place           TEXT COLLATE "C" NOT NULL,
    facilitators    TEXT COLLATE "C" NOT NULL,
    ordinal         BIGINT NOT NULL,
    specialist_role TEXT COLLATE "C" NOT NULL,
    due             TEXT COLLATE "C" NOT NULL,
    moved           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, kind, day)
);
CREATE INDEX meeting_days_by_year ON meeting_days (school_year, day);

-- A night's last word on a day, where it differs from the word before.
CREATE TABLE meeting_day_changes (
    school_id       TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    day             TEXT COLLATE "C" NOT NULL,
    run_id          TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_year     BIGINT NOT NULL,
    starts          BIGINT NOT NULL,
    ends            BIGINT NOT NULL,
    slot_minutes    BIGINT NOT NULL,
    rooms           TEXT COLLATE "C" NOT NULL,
    place           TEXT COLLATE "C" NOT NULL,
    facilitators    TEXT COLLATE "C" NOT NULL,
    ordinal         BIGINT NOT NULL,
    specialist_role TEXT COLLATE "C" NOT NULL,
    due             TEXT COLLATE "C" NOT NULL,
    moved           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, kind, day, run_id)
);

CREATE TABLE documents (
    run_id    TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_id TEXT COLLATE "C" NOT NULL,
    path      TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    bytes     BIGINT NOT NULL,
    sha256    TEXT COLLATE "C" NOT NULL,
    pages     BIGINT NOT NULL,
    students  BIGINT NOT NULL,
    PRIMARY KEY (run_id, path)
);

CREATE TABLE deliveries (
    message_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    run_id     TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_id  TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    recipients TEXT COLLATE "C" NOT NULL,
    sent_at    TIMESTAMPTZ
);
CREATE INDEX deliveries_by_run ON deliveries (run_id);

-- How many entries of a case's history were given to the student information system.
CREATE TABLE exports (
    case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    entries BIGINT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, entries)
);

CREATE TABLE holds (
    school_id    TEXT COLLATE "C" NOT NULL,
    student_id   TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    why          TEXT COLLATE "C" NOT NULL,
    held_by      TEXT COLLATE "C" NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    from_day     TEXT COLLATE "C" NOT NULL,
    until_day    TEXT COLLATE "C",
    released_at  TIMESTAMPTZ,
    released_by  TEXT COLLATE "C" NOT NULL,
    released_why TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, student_id, seq)
);

CREATE TABLE approvals (
    run_id      TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    school_id   TEXT COLLATE "C" NOT NULL,
    held        TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    why         TEXT COLLATE "C" NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, school_id)
);
-- What was once written here is only ever added to.
-- +goose StatementBegin
CREATE FUNCTION stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
-- +goose StatementEnd
CREATE TRIGGER policies_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON policies
    FOR EACH STATEMENT EXECUTE FUNCTION stands('the text of a policy stands');
CREATE TRIGGER case_events_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
    FOR EACH STATEMENT EXECUTE FUNCTION stands('the events of a case are only ever added to');
CREATE TRIGGER case_moves_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON case_moves
    FOR EACH STATEMENT EXECUTE FUNCTION stands('the moves of a case are only ever added to');
CREATE TRIGGER meeting_changes_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON meeting_changes
    FOR EACH STATEMENT EXECUTE FUNCTION stands('what was said of a meeting is only ever added to');

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
DROP FUNCTION stands();
