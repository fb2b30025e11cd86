package main

import (
	"context"
	"errors"
	"fmt"

	"rollcall/internal/district"
	"rollcall/internal/inbox"
	"rollcall/pipeline"
	"rollcall/reports"
)

// inboxActor is who recorded what a night read of the inbox.
const inboxActor = "Follow-up sheet"

// readInbox puts on record what schools dropped into the inbox. A file that cannot
// be read, or an inbox that is not there, needs a person and costs the night nothing.
func (n *nightRun) readInbox(ctx context.Context) error {
	if n.cfg.Source.Inbox == "" || n.command.DryRun {
		return nil
	}
	box, err := inbox.Open(n.cfg.Source.Inbox)
	if err != nil {
		n.trouble("%v; mend it, or source.inbox", err)
		return nil
	}
	names, others, err := box.Waiting()
	if err != nil {
		n.trouble("%v", err)
	}
	for _, name := range others {
		n.trouble("%s in the inbox was not read: save it as an Excel workbook, its name ending in .xlsx", name)
	}
	for _, name := range names {
		if err := n.readInboxFile(ctx, box, name); err != nil {
			return errors.Join(err, box.Close())
		}
	}
	if n.settings.Refused, err = n.refused(); err != nil {
		n.trouble("%v", err)
	}
	return box.Close()
}

// trouble says what needs a person, and lets the night's exit code say so.
func (n *nightRun) trouble(format string, args ...any) {
	n.troubled = true
	fmt.Fprintf(n.stderr, "Needs a person: "+format+"\n", args...)
}

// readInboxFile reads one file. The error is the ledger's, without which there is no
// night either.
func (n *nightRun) readInboxFile(ctx context.Context, box *inbox.Folder, name string) error {
	today := district.DateIn(n.house.now(), n.cfg.District.Location)
	contents, err := box.Read(name)
	if err != nil {
		n.trouble("%v", err)
		return nil
	}
	reading := pipeline.FollowingUp{Ledger: n.ledger, Now: n.house.now, Today: today, Actor: inboxActor}
	read, err := reading.Read(ctx, contents)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !errors.Is(err, reports.ErrNotARoster):
		return fmt.Errorf("inbox: %s: %w", name, err)
	case err == nil && len(read.Faults) == 0:
		fmt.Fprintf(n.stdout, "Inbox: %s: %s.\n", name, cameTo(read))
		if err := box.Done(name, today.String()); err != nil {
			n.trouble("%v; what it says is on record", err)
		}
		return nil
	}
	look, moved := box.Refuse(name, read.Marked, today.String())
	if moved != nil {
		n.trouble("%v", moved)
	}
	if err != nil {
		n.trouble("%s in the inbox was not read: %v; see %s", name, err, look)
		return nil
	}
	n.trouble("nothing of %s in the inbox was recorded: %s to mend, marked in %s; put that into the inbox once it is mended", name, counted(len(read.Faults), "cell"), look)
	return nil
}

// refused are the files of the inbox that wait to be mended, and whose they are.
func (h *house) refused() (refused []pipeline.RefusedFollowUp, err error) {
	if h.cfg.Source.Inbox == "" {
		return nil, nil
	}
	box, err := inbox.Open(h.cfg.Source.Inbox)
	if err != nil {
		return nil, nil // readInbox has said so
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	names, err := box.Refused()
	for _, name := range names {
		f := pipeline.RefusedFollowUp{Name: name}
		if contents, err := box.ReadRefused(name); err == nil {
			if filled, err := reports.ReadFilledIn(contents); err == nil {
				f.SchoolID = filled.SchoolID
			}
		}
		refused = append(refused, f)
	}
	return refused, err
}
