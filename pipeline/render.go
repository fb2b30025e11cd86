package pipeline

import (
	"context"
	"fmt"
	"io"
	"path"
	"strconv"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/reports"
	"rollcall/templates"
)

// Shelf keeps documents, each whole or not at all.
type Shelf interface {
	Put(ctx context.Context, path string, write func(io.Writer) error) (bytes int64, sha256 string, err error)
	Read(ctx context.Context, path string) ([]byte, error)
}

// Recorder remembers what a school's night was made into.
type Recorder interface {
	Run(ctx context.Context, id string) (night.Run, bool, error)
	Material(ctx context.Context, runID, schoolID string) ([]byte, error)
	Rendered(ctx context.Context, runID, schoolID string, docs []night.Document, jobs []night.Job) error
}

// Rendering makes a school's documents from what its decision left in the
// ledger. It can be repeated: the same material gives the same bytes.
type Rendering struct {
	Ledger Recorder
	Shelf  Shelf
	Words  *templates.Set
	Batch  int  // letters in one PDF
	Mail   bool // whether staff are told of nights that issue something
}

// messengers are the roles a school's night tells, in the seed's order.
var messengers = []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist}

// Do works a render job.
func (r Rendering) Do(ctx context.Context, j night.Job) error {
	s, err := schoolNight(ctx, r.Ledger, j)
	if err != nil {
		return err
	}
	// Whoever finishes a night, it is told or not as it was begun.
	run, _, err := r.Ledger.Run(ctx, j.RunID)
	if err != nil {
		return err
	}
	docs, err := r.write(ctx, s)
	if err != nil {
		return fmt.Errorf("school %s: %w", j.SchoolID, err)
	}
	var jobs []night.Job
	for _, role := range messengers {
		if r.Mail && !run.RecordOnly && len(staffOf(s, role)) > 0 {
			jobs = append(jobs, night.Job{Kind: night.Deliver, RunID: j.RunID, SchoolID: j.SchoolID, Role: role, Issue: issue(s)})
		}
	}
	return r.Ledger.Rendered(ctx, j.RunID, j.SchoolID, docs, jobs)
}

// issue tells the messages of an approved night from those that told before that
// it was held.
func issue(s *reports.SchoolNight) int {
	if s.Approved != "" {
		return 1
	}
	return 0
}

func schoolNight(ctx context.Context, ledger Recorder, j night.Job) (*reports.SchoolNight, error) {
	packed, err := ledger.Material(ctx, j.RunID, j.SchoolID)
	if err != nil {
		return nil, err
	}
	s := &reports.SchoolNight{}
	return s, unpack(packed, s)
}

func staffOf(s *reports.SchoolNight, role district.Role) []district.Staff {
	var found []district.Staff
	for _, p := range s.Staff {
		if p.Role == role {
			found = append(found, p)
		}
	}
	return found
}

// paper is one document before it is on the shelf.
type paper struct {
	name, kind string
	pages      int
	students   int
	bytes      []byte
}

// write makes the documents one after another, so that only one is in memory.
func (r Rendering) write(ctx context.Context, s *reports.SchoolNight) ([]night.Document, error) {
	folder := Folder(s.Night.RunID, s.School)
	var docs []night.Document
	put := func(p paper) error {
		doc := night.Document{
			SchoolID: s.School.ID, Path: path.Join(folder, p.name), Kind: p.kind, Pages: p.pages, Students: p.students,
		}
		var err error
		doc.Bytes, doc.SHA256, err = r.Shelf.Put(ctx, doc.Path, func(w io.Writer) error {
			_, err := w.Write(p.bytes)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		docs = append(docs, doc)
		return ctx.Err()
	}
	pieces, err := r.letters(s, put)
	if err != nil {
		return nil, err
	}
	if s.Packets, err = r.packets(s, put); err != nil {
		return nil, err
	}
	if err := r.staffPapers(s, put); err != nil {
		return nil, err
	}
	if len(pieces) > 0 {
		mailing, err := reports.MailingManifest(pieces)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", mailingManifest, err)
		}
		if err := put(paper{name: mailingManifest, kind: "mailing-manifest", bytes: mailing, students: len(pieces)}); err != nil {
			return nil, err
		}
	}
	manifest, err := reports.Manifest(s.Night.RunID, s.School.ID, docs)
	if err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	return docs, put(paper{name: "manifest.json", kind: "manifest", bytes: manifest})
}

// mailingManifest lists what goes into the post; close reads it back.
const mailingManifest = "mailing-manifest.csv"

// Folder is a school's place on the shelf for a run.
func Folder(runID string, school district.School) string { return path.Join(runID, school.Slug()) }

// letters makes the batches to be mailed and those the students carry, and
// returns the pieces that go by mail.
func (r Rendering) letters(s *reports.SchoolNight, put func(paper) error) ([]reports.MailPiece, error) {
	var mailed, carried []reports.LetterDue
	for _, l := range s.Letters {
		if l.Copy {
			carried = append(carried, l)
		} else {
			mailed = append(mailed, l)
		}
	}
	var pieces []reports.MailPiece
	reports.SortForMail(mailed)
	reports.SortForStudents(s, carried)
	for _, stack := range []struct {
		kind    string
		letters []reports.LetterDue
	}{{"letters-mail", mailed}, {"letters-student", carried}} {
		for n, batch := range batches(stack.letters, r.Batch) {
			name := numbered(stack.kind, n)
			made, err := reports.Letters(s, r.Words, batch, name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if stack.kind == "letters-mail" {
				for i, l := range batch {
					printed := made.Letters[i]
					pieces = append(pieces, reports.MailPiece{Batch: name + ".pdf", Number: i + 1, Due: l, Digest: printed.Digest,
						Recipient: printed.Recipient, Address: printed.Address})
				}
			}
			if err := put(paper{name: name + ".pdf", kind: stack.kind, pages: made.Pages, students: students(batch), bytes: made.Bytes}); err != nil {
				return nil, err
			}
		}
	}
	return pieces, nil
}

func batches(letters []reports.LetterDue, size int) [][]reports.LetterDue {
	var all [][]reports.LetterDue
	for len(letters) > size {
		all = append(all, letters[:size])
		letters = letters[size:]
	}
	if len(letters) > 0 {
		all = append(all, letters)
	}
	return all
}

// numbered is the name of the n-th part, from 0: letters-mail, letters-mail-2, …
func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(n+1)
}

func students(letters []reports.LetterDue) int {
	seen := map[string]bool{}
	for _, l := range letters {
		seen[l.Letter.StudentID] = true
	}
	return len(seen)
}

// packetsPerFile bounds the memory of one document: it grows by some 270 KiB a
// page until it is written.
const packetsPerFile = 50

// packets prints the meeting files, and says where each begins.
func (r Rendering) packets(s *reports.SchoolNight, put func(paper) error) (map[string]string, error) {
	places := map[string]string{}
	for _, day := range s.PacketDays {
		var meetings []intervention.Meeting
		for _, m := range s.Meetings {
			if m.Kind == day.Kind && m.Date == day.Date {
				meetings = append(meetings, m)
			}
		}
		for n := 0; n*packetsPerFile < len(meetings); n++ {
			part := meetings[n*packetsPerFile : min(len(meetings), (n+1)*packetsPerFile)]
			name := numbered(fmt.Sprintf("packets-%s-%s", day.Date, day.Kind), n)
			made, err := reports.Packets(s, r.Words, part)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			for id, page := range made.Starts {
				places[id] = fmt.Sprintf("%s.pdf#page=%d", name, page)
			}
			if err := put(paper{name: name + ".pdf", kind: "packets", pages: made.Pages, students: len(part), bytes: made.Bytes}); err != nil {
				return nil, err
			}
		}
	}
	return places, nil
}

// staffPapers are what the school's team works with.
func (r Rendering) staffPapers(s *reports.SchoolNight, put func(paper) error) error {
	for _, p := range []struct {
		kind string
		make func(*reports.SchoolNight, *templates.Set) (reports.PDF, error)
	}{
		{"schedule", reports.Schedule}, {"brief", reports.Brief}, {"room", reports.Room},
		{"guide", reports.Guide}, {"calls", reports.Calls},
	} {
		made, err := p.make(s, r.Words)
		if err != nil {
			return fmt.Errorf("%s.pdf: %w", p.kind, err)
		}
		if err := put(paper{name: p.kind + ".pdf", kind: p.kind, pages: made.Pages, bytes: made.Bytes}); err != nil {
			return err
		}
	}
	ics, err := reports.Calendar(s, s.Cancelled)
	if err != nil {
		return fmt.Errorf("schedule.ics: %w", err)
	}
	if err := put(paper{name: "schedule.ics", kind: "calendar", bytes: ics, students: len(s.Meetings)}); err != nil {
		return err
	}
	roster, err := reports.SchoolRoster(s)
	if err != nil {
		return fmt.Errorf("roster.xlsx: %w", err)
	}
	return put(paper{name: "roster.xlsx", kind: "roster", bytes: roster, students: len(s.Files)})
}
