package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/reports"
)

// Closer is what the end of a night needs of the ledger.
type Closer interface {
	Postbook
	Schools(ctx context.Context, runID string) ([]night.School, error)
	Documents(ctx context.Context, runID string) ([]night.Document, error)
	LastRun(ctx context.Context, year district.SchoolYear, before district.Date) (night.Run, bool, error)
	OpenRuns(ctx context.Context, year district.SchoolYear, before district.Date) ([]night.Run, error)
	Unsent(ctx context.Context, year district.SchoolYear, before district.Date) ([]night.Delivery, error)
}

// Closing makes the district's documents and sums the night up; once that is on
// record it tells the district office.
type Closing struct {
	Ledger   Closer
	Shelf    Shelf
	Delivery Delivery
	// Refused are the filled-in rosters that wait to be mended.
	Refused func() ([]RefusedFollowUp, error)
}

// issue tells the message about an approval from those before it: each approval
// is told once.
func (s Summary) issue() int {
	n := 0
	for _, school := range s.Schools {
		if school.Approved != "" {
			n++
		}
	}
	return n
}

// Closed is what a night came to.
type Closed struct {
	Summary   Summary
	Documents []night.Document
	Jobs      []night.Job // the mail to the district office
}

// Do works a close job: the district's documents.
func (c Closing) Do(ctx context.Context, j night.Job) (Closed, error) {
	m, err := c.material(ctx, j.RunID)
	if err != nil {
		return Closed{}, err
	}
	run, _, err := c.Ledger.Run(ctx, j.RunID)
	if err != nil {
		return Closed{}, err
	}
	d, sum, err := c.gather(ctx, run, m)
	if err != nil {
		return Closed{}, err
	}
	if err := c.Left(ctx, run, &sum); err != nil {
		return Closed{}, err
	}
	d.Undelivered = sum.deliveries()
	docs, err := c.write(ctx, j.RunID, d, &sum)
	if err != nil {
		return Closed{}, err
	}
	closed := Closed{Summary: sum, Documents: docs}
	if !c.Delivery.Settings.Mail.Off && !run.RecordOnly && len(m.Staff) > 0 {
		closed.Jobs = []night.Job{{Kind: night.Deliver, RunID: j.RunID, Role: district.DistrictOffice, Issue: sum.issue()}}
	}
	return closed, nil
}

func (c Closing) material(ctx context.Context, runID string) (m districtMaterial, err error) {
	packed, err := c.Ledger.Material(ctx, runID, "")
	if err != nil {
		return m, err
	}
	return m, unpack(packed, &m)
}

// gather reads the schools' nights one by one, keeping only what the district's
// documents show.
func (c Closing) gather(ctx context.Context, run night.Run, m districtMaterial) (*reports.DistrictNight, Summary, error) {
	last, _, err := c.Ledger.LastRun(ctx, district.YearOf(run.AsOf), run.AsOf)
	if err != nil {
		return nil, Summary{}, err
	}
	d := &reports.DistrictNight{
		Night: m.Night, Rejects: m.Rejects, SuppressSmall: c.Delivery.Settings.SuppressSmall,
		From: last.StartedAt, Until: run.StartedAt, Codings: c.Delivery.Settings.Codings,
	}
	sum := Summary{
		Run: run.ID, AsOf: run.AsOf, SchoolYear: m.Night.Year.String(), Version: run.Version,
		PolicyHash: run.PolicyHash, InputDigest: run.InputDigest, Rejects: len(m.Rejects),
		Held: []string{}, Undelivered: []Undelivered{}, Schools: []SchoolSummary{},
	}
	schools, err := c.Ledger.Schools(ctx, run.ID)
	if err != nil {
		return nil, Summary{}, err
	}
	var booked []place
	for _, school := range schools {
		if school.SchoolID == "" {
			continue
		}
		s, err := schoolNight(ctx, c.Ledger, night.Job{RunID: run.ID, SchoolID: school.SchoolID})
		if err != nil {
			return nil, Summary{}, err
		}
		d.Schools = append(d.Schools, reports.SchoolLine{School: s.School, Held: s.Held, Mend: s.Mend, Approved: s.Approved, Counts: s.Counts, Key: s.Key})
		d.Exceptions = append(d.Exceptions, s.Exceptions...)
		booked = append(booked, places(s)...)
		for _, f := range s.Files {
			for _, cs := range f.Cases {
				if cs.SchoolID == s.School.ID {
					d.Cases = append(d.Cases, reports.CaseLine{
						SchoolID: s.School.ID, StudentID: f.Student.ID, Name: f.Student.SortName(), Grade: f.Enrollment.Grade,
						Standing: figures(f.Standing), Case: slim(cs), Stale: s.StaleWords(&f),
					})
				}
			}
		}
		d.Referrals = append(d.Referrals, referralLines(s)...)
		pieces, err := c.pieces(ctx, run.ID, s)
		if err != nil {
			return nil, Summary{}, err
		}
		for _, l := range s.Letters {
			p := pieces[l.Letter.ID]
			d.Letters = append(d.Letters, reports.LetterLine{SchoolID: s.School.ID, Letter: l.Letter, Batch: p.batch, Digest: p.digest})
		}
		sum.Totals.Add(s.Counts)
		sum.Schools = append(sum.Schools, SchoolSummary{
			SchoolID: s.School.ID, Name: s.School.Name, Folder: Folder(run.ID, s.School), Held: s.Held, Mend: s.Mend,
			Approved: s.Approved, AttendanceThrough: s.Stale, Counts: s.Counts,
		})
		if s.Held != "" {
			sum.Held = append(sum.Held, s.School.ID)
		}
	}
	twice := clashes(booked)
	d.Exceptions = append(d.Exceptions, twice...)
	sum.Totals.Exceptions += len(twice)
	slices.SortStableFunc(d.Cases, func(a, b reports.CaseLine) int {
		return cmp.Or(cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(rank(a.Case.Kind), rank(b.Case.Kind)), cmp.Compare(a.StudentID, b.StudentID))
	})
	slices.SortStableFunc(d.Letters, func(a, b reports.LetterLine) int {
		return cmp.Or(cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Letter.ID, b.Letter.ID))
	})
	return d, sum, nil
}

// figures is a standing without its days: a county has millions, and its documents
// count them.
func figures(s attendance.Standing) attendance.Standing {
	s.Absences, s.Truancies, s.Uncounted, s.Faults, s.AbsencesByMonth = nil, nil, nil, nil, nil
	return s
}

// slim is a case without the room that was left for more when it was read.
func slim(c intervention.Case) intervention.Case {
	c.Events, c.Letters, c.Past, c.Struck = slices.Clone(c.Events), slices.Clone(c.Letters), slices.Clone(c.Past), slices.Clone(c.Struck)
	return c
}

// Left brings up to date what a summary says is still to be done: mail that did
// not arrive, and earlier nights that are not complete.
func (c Closing) Left(ctx context.Context, run night.Run, sum *Summary) error {
	found, err := c.undelivered(ctx, run)
	if err != nil {
		return err
	}
	sum.Undelivered = []Undelivered{}
	for _, d := range found {
		earlier := d.RunID
		if earlier == run.ID {
			earlier = ""
		}
		for _, r := range d.Recipients {
			if r.Outcome != night.Sent {
				sum.Undelivered = append(sum.Undelivered, Undelivered{
					Run: earlier, SchoolID: d.SchoolID, Role: d.Role, Address: r.Address, Outcome: r.Outcome, Detail: r.Detail,
				})
			}
		}
	}
	open, err := c.Ledger.OpenRuns(ctx, district.YearOf(run.AsOf), run.AsOf)
	sum.Incomplete = nil
	for _, r := range open {
		sum.Incomplete = append(sum.Incomplete, r.ID)
	}
	sum.RefusedFollowUps = nil
	if err != nil || c.Refused == nil {
		return err
	}
	refused, err := c.Refused()
	for _, f := range refused {
		sum.RefusedFollowUps = append(sum.RefusedFollowUps, f.Name)
	}
	return err
}

// deliveries are the undelivered messages as the district's documents show them.
func (s Summary) deliveries() []night.Delivery {
	var all []night.Delivery
	for _, u := range s.Undelivered {
		all = append(all, night.Delivery{
			RunID: cmp.Or(u.Run, s.Run), SchoolID: u.SchoolID, Role: u.Role,
			Recipients: []night.Recipient{{Address: u.Address, Outcome: u.Outcome, Detail: u.Detail}},
		})
	}
	return all
}

// posted is where a letter lies in the mail.
type posted struct{ batch, digest string }

// pieces are a school's mailed letters by ID, as its mailing manifest has them.
func (c Closing) pieces(ctx context.Context, runID string, s *reports.SchoolNight) (map[string]posted, error) {
	if s.Counts.LettersMail == 0 {
		return nil, nil
	}
	manifest, err := c.Shelf.Read(ctx, path.Join(Folder(runID, s.School), mailingManifest))
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(manifest)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s of school %s: not as it was written: %w", mailingManifest, s.School.ID, err)
	}
	at := map[string]int{}
	for i, column := range rows[0] {
		at[column] = i
	}
	byLetter := make(map[string]posted, len(rows))
	for _, row := range rows[1:] {
		byLetter[row[at["letter"]]] = posted{batch: row[at["batch"]], digest: row[at["digest"]]}
	}
	return byLetter, nil
}

func rank(k intervention.Kind) int {
	if k == intervention.SART {
		return 0
	}
	return 1
}

// undelivered are this night's messages that did not reach somebody, those of
// earlier nights that may still go out, and what was refused after the last night
// was summed up: the mail to the district office.
func (c Closing) undelivered(ctx context.Context, run night.Run) ([]night.Delivery, error) {
	year := district.YearOf(run.AsOf)
	found, err := c.Ledger.Unsent(ctx, year, run.AsOf)
	if err != nil {
		return nil, err
	}
	own, err := c.Ledger.Deliveries(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	last, ok, err := c.Ledger.LastRun(ctx, year, run.AsOf)
	if err != nil {
		return nil, err
	}
	if ok {
		late, err := c.Ledger.Deliveries(ctx, last.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range late {
			if d.SchoolID == "" && !d.SentAt.IsZero() {
				own = append(own, d)
			}
		}
	}
	for _, d := range own {
		if d.Undelivered() {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b night.Delivery) int {
		return cmp.Or(cmp.Compare(a.RunID, b.RunID), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Role, b.Role))
	})
	return found, nil
}

func (c Closing) write(ctx context.Context, runID string, d *reports.DistrictNight, sum *Summary) ([]night.Document, error) {
	var docs []night.Document
	put := func(p paper) error {
		doc := night.Document{Path: path.Join(runID, p.name), Kind: p.kind, Pages: p.pages, Students: p.students}
		var err error
		doc.Bytes, doc.SHA256, err = c.Shelf.Put(ctx, doc.Path, func(w io.Writer) error {
			_, err := w.Write(p.bytes)
			return err
		})
		docs = append(docs, doc)
		return errors.Join(err, ctx.Err())
	}
	roster, err := reports.DistrictRoster(d)
	if err != nil {
		return nil, fmt.Errorf("district/roster.xlsx: %w", err)
	}
	if err := put(paper{name: "district/roster.xlsx", kind: "roster", bytes: roster, students: len(d.Cases)}); err != nil {
		return nil, err
	}
	brief, err := reports.DistrictBrief(d, c.Delivery.Words)
	if err != nil {
		return nil, fmt.Errorf("district/brief.pdf: %w", err)
	}
	if err := put(paper{name: "district/brief.pdf", kind: "brief", bytes: brief.Bytes, pages: brief.Pages}); err != nil {
		return nil, err
	}
	interventions, err := reports.NightInterventions(d)
	if err != nil {
		return nil, fmt.Errorf("district/sis-interventions.csv: %w", err)
	}
	if err := put(paper{name: "district/sis-interventions.csv", kind: "interventions", bytes: interventions}); err != nil {
		return nil, err
	}
	if err := c.packets(ctx, runID, d, put); err != nil {
		return nil, err
	}
	manifest, err := packetManifest(runID, docs)
	if err != nil {
		return nil, err
	}
	if manifest != nil {
		if err := put(paper{name: manifestOfPackets, kind: "manifest", bytes: manifest}); err != nil {
			return nil, err
		}
	}
	rejects, err := reports.Rejects(d.Rejects)
	if err != nil {
		return nil, fmt.Errorf("rejects.csv: %w", err)
	}
	if err := put(paper{name: "rejects.csv", kind: "rejects", bytes: rejects}); err != nil {
		return nil, err
	}
	made, err := c.Ledger.Documents(ctx, runID)
	if err != nil {
		return nil, err
	}
	for _, doc := range made {
		if doc.SchoolID != "" {
			sum.Documents++
			sum.Pages += doc.Pages
		}
	}
	for _, doc := range docs {
		sum.Documents++
		sum.Pages += doc.Pages
	}
	text, err := json.MarshalIndent(sum, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("summary.json: %w", err)
	}
	return docs, put(paper{name: "summary.json", kind: "summary", bytes: append(text, '\n')})
}

// Tell works the deliver job to the district office. A message about a night that
// was approved since is left to that approval's own.
func (c Closing) Tell(ctx context.Context, j night.Job) error {
	run, _, err := c.Ledger.Run(ctx, j.RunID)
	if err != nil || run.FinishedAt.IsZero() {
		return err
	}
	sum, err := SummaryOf(run)
	if err != nil || j.Issue != sum.issue() {
		return err
	}
	m, err := c.material(ctx, j.RunID)
	if err != nil {
		return err
	}
	message, err := c.Delivery.message(j, c.Delivery.districtWords(m.Night, sum), m.Staff, moment(m.Night))
	if err != nil {
		return err
	}
	return c.Delivery.send(ctx, j, message)
}

// SummaryOf reads what a finished run was summed up to.
func SummaryOf(run night.Run) (sum Summary, err error) {
	if err := json.Unmarshal([]byte(run.Summary), &sum); err != nil {
		return sum, fmt.Errorf("read the summary of run %s: %w", run.ID, err)
	}
	return sum, nil
}
