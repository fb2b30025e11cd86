package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/database"
	"rollcall/internal/mail/mailtest"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// remembers is everything a ledger holds but the instants, which differ
// between two nights that are otherwise the same.
var remembers = []string{
	`SELECT hash, text FROM policies ORDER BY hash`,
	`SELECT id, as_of, policy_hash, input_digest, finished_at IS NOT NULL FROM runs ORDER BY id`,
	`SELECT run_id, school_id, status, held, counts FROM school_nights ORDER BY 1, 2`,
	`SELECT id, student_id, school_id, kind, round, opened_on, rule, words, dates FROM cases ORDER BY id`,
	`SELECT case_id, seq, run_id, kind, day, actor, detail FROM case_events ORDER BY 1, 2`,
	`SELECT case_id, run_id, from_school, to_school FROM case_moves ORDER BY 1, 2`,
	`SELECT id, run_id, case_id, kind, channel, household, language, issued_on, withdrawn_by FROM letters ORDER BY id`,
	`SELECT id, case_id, school_id, kind, day, starts, ends, room, facilitator, sequence, cancelled FROM meetings ORDER BY id`,
	`SELECT meeting_id, run_id, school_id, day, starts, ends, room, sequence, cancelled FROM meeting_changes ORDER BY 1, 2, 8`,
	`SELECT school_id, kind, day, ordinal, specialist_role, due, moved FROM meeting_days ORDER BY 1, 2, 3`,
	`SELECT school_id, kind, day, run_id, ordinal, specialist_role, due, moved FROM meeting_day_changes ORDER BY 1, 2, 3, 4`,
	`SELECT run_id, school_id, path, kind, bytes, sha256, pages, students FROM documents ORDER BY 1, 3`,
	`SELECT message_id, run_id, school_id, role, recipients, sent_at IS NOT NULL FROM deliveries ORDER BY 1`,
	`SELECT school_id, student_id, seq, why, held_by, from_day, until_day, released_by, released_why, released_at IS NOT NULL FROM holds ORDER BY 1, 2, 3`,
	`SELECT run_id, school_id, held, approved_by, why FROM approvals ORDER BY 1, 2`,
	`SELECT kind, args, state FROM river_job WHERE state <> 'completed' ORDER BY 1, 2`,
}

// never are the things that must not be in any ledger: each query finds what
// is there twice, or missing.
var never = map[string]string{
	"two open cases of a kind":         `SELECT student_id FROM cases GROUP BY student_id, kind, school_year, round HAVING count(*) > 1`,
	"two families in one slot":         `SELECT school_id, day, starts, room FROM meetings WHERE NOT cancelled GROUP BY 1, 2, 3, 4 HAVING count(*) > 1`,
	"two meetings of one case":         `SELECT case_id FROM meetings WHERE NOT cancelled GROUP BY 1 HAVING count(*) > 1`,
	"one letter twice":                 `SELECT case_id FROM letters WHERE withdrawn_by IS NULL GROUP BY case_id, kind, channel, household HAVING count(*) > 1`,
	"a specialist at two schools":      `SELECT day FROM meeting_days d WHERE kind = 'SART' AND ordinal <= 3 AND EXISTS (SELECT 1 FROM meetings m WHERE m.school_id = d.school_id AND m.day = d.day AND m.kind = d.kind AND NOT cancelled) GROUP BY day HAVING count(*) > 1`,
	"two days for one of the rule":     `SELECT school_id, kind, due FROM meeting_days GROUP BY 1, 2, 3 HAVING count(*) > 1`,
	"a meeting without a letter":       `SELECT m.id FROM meetings m WHERE NOT EXISTS (SELECT 1 FROM letters l WHERE l.case_id = m.case_id)`,
	"a message that was not sent":      `SELECT message_id FROM deliveries WHERE sent_at IS NULL`,
	"a job left over":                  `SELECT id FROM river_job WHERE state NOT IN ('completed')`,
	"a school whose night did not end": `SELECT school_id FROM school_nights WHERE status = 'committed'`,
	"a case without a first event":     `SELECT id FROM cases c WHERE NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.kind = 'identified')`,
}

// leaveClose: staleclose DB RUN leaves a close job as a night does that is killed
// after its run was closed and before the job was.
func leaveClose(ts *testscript.TestScript, neg bool, args []string) {
	o := queue.Options{Path: ts.MkAbs(args[0])}
	if driver, dsn := placeOf(ts, args[0]); driver == database.Postgres {
		o = queue.Options{Driver: driver, DSN: dsn}
	}
	q, err := queue.Open(context.Background(), o)
	ts.Check(err)
	err = q.Insert(context.Background(), []night.Job{{Kind: night.Close, RunID: args[1]}})
	ts.Check(errors.Join(err, q.Close()))
}

// sameLedger: ledger A B wants two ledgers that remember the same; ledger once A
// wants one in which nothing happened twice and nothing is missing.
func sameLedger(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: ledger A B, or ledger once A")
	}
	if args[0] == "once" {
		for what, query := range never {
			if found := rows(ts, args[1], query); len(found) > 0 {
				ts.Fatalf("%s: %s", what, strings.Join(found, "; "))
			}
		}
		return
	}
	for _, query := range remembers {
		a, b := rows(ts, args[0], query), rows(ts, args[1], query)
		for i := range max(len(a), len(b)) {
			switch {
			case i >= len(a):
				ts.Fatalf("only in %s: %s\n(%s)", args[1], b[i], query)
			case i >= len(b):
				ts.Fatalf("only in %s: %s\n(%s)", args[0], a[i], query)
			case a[i] != b[i]:
				ts.Fatalf("%s: %s\n%s: %s\n(%s)", args[0], a[i], args[1], b[i], query)
			}
		}
	}
}

// ageLedger: schema newer FILE makes a ledger look as if a newer version had
// written it, schema older FILE as if nothing had been brought up to date, schema
// policy FILE as if its open night had begun with a policy of another version.
func ageLedger(ts *testscript.TestScript, neg bool, args []string) {
	statement, ok := map[string]string{
		"newer": `UPDATE goose_db_version SET version_id = 4000 WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)`,
		"policy": `INSERT INTO policies (hash, text) VALUES ('261ad7a899f0f3e169b807db643ad9d22d8744ca6b1c2a7b636a203827a26709', 'quorum 3
');
			UPDATE runs SET policy_hash = (SELECT hash FROM policies WHERE text LIKE 'quorum%') WHERE finished_at IS NULL`,
		"older": `DELETE FROM goose_db_version WHERE version_id > 0`,
	}[args[0]]
	if neg || !ok || len(args) != 2 {
		ts.Fatalf("usage: schema newer|older|policy FILE")
	}
	db, err := sql.Open(placeOf(ts, args[1]))
	ts.Check(err)
	_, err = db.Exec(statement)
	ts.Check(errors.Join(err, db.Close()))
}

func rows(ts *testscript.TestScript, file, query string) []string {
	driver, dsn := placeOf(ts, file)
	out, err := queryRows(driver, dsn, query, filepath.Dir(ts.MkAbs(file)))
	ts.Check(err)
	return out
}

// servers are the mail servers of the scripts that run, by their folder.
var servers sync.Map

func serverOf(ts *testscript.TestScript) *mailtest.Server {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no mail server was started")
	}
	return s.(*mailtest.Server)
}
