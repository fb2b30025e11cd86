package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

// subject is whom a hold is about.
type subject struct {
	ID      string `arg:"" optional:"" name:"school-or-student" help:"School ID or student ID."`
	School  string `help:"The school of this ID, where a student has the same." placeholder:"ID"`
	Student string `help:"The student of this ID, where a school has the same." placeholder:"ID"`
}

func (c subject) named() bool { return c.ID+c.School+c.Student != "" }

// one refuses more than one name.
func (c subject) one() error {
	n := 0
	for _, id := range []string{c.ID, c.School, c.Student} {
		if id != "" {
			n++
		}
	}
	if n != 1 {
		return usage(errors.New("name one school or one student"))
	}
	return nil
}

// owner names whose a hold is.
func owner(h intervention.Hold) string {
	if h.SchoolID != "" {
		return "school " + h.SchoolID
	}
	return "student " + h.StudentID
}

type holdCommand struct {
	subject
	Why   string        `help:"The reason, in a sentence. A school's goes into the mail to its team: name no student in it." placeholder:"TEXT"`
	From  district.Date `help:"The first night it is about, by its as-of date. Default: the date twelve hours ago." placeholder:"2026-10-15"`
	Until district.Date `help:"The last one. Default: until it is released." placeholder:"2026-10-30"`
	By    string        `help:"Who holds. Default: the user who runs this." placeholder:"NAME"`
	All   bool          `help:"List the holds that have ended or were released as well."`
}

// Help shows an example.
func (holdCommand) Help() string {
	return `A school on hold is assessed and reported, and nothing is issued for it. About a student on hold nothing is decided. Meetings that are booked stand, nothing is lost, and the first night after the hold decides as if it had never been. Without a name it lists what is on hold.

Examples:
  rollcall hold 101 --why "New attendance clerk; codes are being checked" --until 2026-10-30
  rollcall hold 4021877 --why "In the hospital"
  rollcall hold`
}

// Run places a hold, or lists them.
func (c *holdCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if !c.named() {
		if c.Why != "" {
			return usage(errors.New("name the school or the student"))
		}
		return c.list(ctx, cfg, s)
	}
	h := intervention.Hold{
		Why: district.OneLine(c.Why), By: signed(c.By, s), At: s.now().UTC(), From: c.From, Until: c.Until,
	}
	if h.From.IsZero() {
		h.From = cfg.AsOf(s.now())
	}
	switch {
	case h.Why == "":
		return usage(errors.New("say the reason with --why"))
	case h.EndedBefore(h.From):
		return usage(fmt.Errorf("--until %s is before the first night, of %s", h.Until, h.From))
	}
	if err := c.find(ctx, cfg, &h, s); err != nil {
		return err
	}
	if err := makeRoom(cfg); err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledgerOf(cfg))
	if err != nil {
		return err
	}
	standing, err := l.Hold(ctx, h)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	if standing != nil {
		return usage(fmt.Errorf("%s is %s; release that first", owner(h), standing.Words()))
	}
	fmt.Fprintf(s.stdout, "Now %s is %s. Meetings that are booked stand.\n", owner(h), h.Words())
	return nil
}

// find looks the name up in the export. Where that cannot be read, a name that
// says what it is of is taken as it is.
func (c *holdCommand) find(ctx context.Context, cfg *config.Config, h *intervention.Hold, s *surroundings) error {
	if err := c.one(); err != nil {
		return err
	}
	h.SchoolID, h.StudentID = c.School, c.Student
	data, err := openSource(ctx, cfg.Source, h.From, bundle.Standings, nil)
	if err != nil {
		if c.ID != "" {
			return usage(fmt.Errorf("the export cannot be read, so %q may be a school's ID or a student's; say which with --school or --student: %w", c.ID, err))
		}
		s.log.Warn("the export cannot be read: nobody looked whether it has this ID", "error", err)
		return nil
	}
	id := c.ID + c.School + c.Student
	_, school := data.District().School(id)
	_, student := data.Student(id)
	switch {
	case c.School != "" && !school:
		return usage(fmt.Errorf("no school %q in the export; it has %s", id, strings.Join(schoolIDs(data.District()), ", ")))
	case c.Student != "" && !student:
		return usage(fmt.Errorf("no student %q in the export", id))
	case c.ID == "":
	case school && student:
		return usage(fmt.Errorf("%q is a school's ID and a student's; say which with --school or --student", id))
	case school:
		h.SchoolID = id
	case student:
		h.StudentID = id
	default:
		return usage(fmt.Errorf("no school and no student %q in the export", id))
	}
	return nil
}

// list prints what is on hold now or will be, or everything there ever was.
func (c *holdCommand) list(ctx context.Context, cfg *config.Config, s *surroundings) error {
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return err
	}
	holds, err := l.Holds(ctx)
	asOf, unread := notBefore(ctx, l, cfg.AsOf(s.now()))
	if err := errors.Join(err, unread, l.Close()); err != nil {
		return err
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"On hold", "From", "Until", "By", "Why", "Ended"})
	for _, h := range holds {
		ended := ""
		switch {
		case !h.ReleasedAt.IsZero():
			ended = fmt.Sprintf("released %s by %s", district.DateIn(h.ReleasedAt, cfg.District.Location), h.ReleasedBy)
			if h.ReleasedWhy != "" {
				ended += ": " + h.ReleasedWhy
			}
		case h.EndedBefore(asOf):
			ended = "ended " + h.Until.String()
		}
		if ended == "" || c.All {
			t.AppendRow(table.Row{owner(h), h.From, h.Until, h.By, h.Why, ended})
		}
	}
	if t.Length() == 0 {
		fmt.Fprintln(s.stdout, "Nothing is on hold.")
		return nil
	}
	t.Render()
	return nil
}
