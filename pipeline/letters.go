package pipeline

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// write makes the letters of one kind for a case: one for each household that
// can be reached by mail, and the copy that goes home with the student.
func (p *planner) write(c *intervention.Case, kind intervention.LetterKind) {
	e := p.entries[c.StudentID]
	var carried district.Household
	told := c.InvitedByMail
	if kind == intervention.Retraction && c.ReferralTakenBack() {
		told = c.ReferralMailed
	}
	for i, h := range e.Student.Households() {
		if i == 0 {
			carried = h
		}
		if h.Address.Usable() && (kind != intervention.Retraction || c.Reached(h, told)) {
			p.letter(c, kind, intervention.ByMail, h)
		}
	}
	if kind == intervention.Retraction || kind == intervention.Rescheduled {
		p.unreached(e, c, kind, told)
	}
	if carried.Language == "" {
		carried.Language = e.Student.HomeLanguageOrEnglish()
	}
	if e.Enrollment.SchoolID != "" {
		p.letter(c, kind, intervention.WithStudent, carried)
	}
}

// unreached names the letters of a case on record as mailed to a household that
// a letter of a kind, that takes back or moves what they were told, does not reach.
func (p *planner) unreached(e *intervention.Entry, c *intervention.Case, kind intervention.LetterKind, told func(*intervention.Letter) bool) {
	seen := map[string]bool{}
	for i := range c.Letters {
		l := &c.Letters[i]
		if !told(l) || seen[l.SentTo] {
			continue
		}
		seen[l.SentTo] = true
		if !slices.ContainsFunc(e.Student.Households(), func(h district.Household) bool {
			return h.Address.Usable() && l.GoesTo(h)
		}) {
			what := fmt.Sprintf("the %s meeting is called off", c.Kind)
			if kind == intervention.Retraction && c.ReferralTakenBack() {
				what = "the referral to SARB is taken back"
			} else if kind == intervention.Rescheduled && c.Meeting != nil {
				what = fmt.Sprintf("the %s meeting is on %s now", c.Kind, dayWords(c.Meeting.Date))
			}
			p.except(c, "called off", "letter %s went to %s, who get no mail by the export now: call them, %s", l.ID, l.SentTo, what)
		}
	}
}

// except asks a person about a case.
func (p *planner) except(c *intervention.Case, subject, format string, args ...any) {
	p.Decision.Exceptions = append(p.Decision.Exceptions, intervention.Exception{
		StudentID: c.StudentID, SchoolID: p.Snapshot.School.ID, Subject: subject, Problem: fmt.Sprintf(format, args...),
	})
}

// invitation is the letter that tells a family of the place it is given next.
func invitation(c *intervention.Case) intervention.LetterKind {
	switch {
	case c.Missed():
		return intervention.SecondInvitation
	case c.Invited():
		return intervention.Rescheduled
	case c.Kind == intervention.SART:
		return intervention.SARTInvitation
	default:
		return intervention.CARTInvitation
	}
}

// yield stops a notice of EC 48260.5 of ours that is in the tray when the other
// system's turns up on record: a family gets one.
func (p *planner) yield(c *intervention.Case) {
	l := c.LastOf(intervention.LetterOne, intervention.WithStudent)
	if l == nil || c.WentOut(l) || !intervention.LetterOneOnRecord(p.entries[c.StudentID].Student, p.Policy) {
		return
	}
	p.pull(c, func(k intervention.LetterKind) bool { return k == intervention.LetterOne })
	p.except(c, "Letter #1", "do not mail letter %s and its copies: %s is on record as sent by the other system", l.ID, p.Policy.Text.LetterOneName)
}

// owesLetterOne reports whether the notice of EC 48260.5 is ours to make and
// nobody has made it this year. It is due on the third event that the law counts.
func (p *planner) owesLetterOne(c *intervention.Case) bool {
	e := p.entries[c.StudentID]
	if p.Policy.Text.LetterOne != intervention.LetterOneOurs || intervention.LetterOneOnRecord(e.Student, p.Policy) ||
		!p.truantByLaw(c) {
		return false
	}
	for _, other := range p.Cases[c.StudentID] {
		for _, l := range other.Letters {
			if l.Kind == intervention.LetterOne && (!l.Withdrawn || other.WentOut(&l)) && !other.NoticeTakenBack(&l) {
				return false
			}
		}
	}
	return true
}

func (p *planner) letter(c *intervention.Case, kind intervention.LetterKind, channel intervention.Channel, h district.Household) {
	e := p.entries[c.StudentID]
	l := intervention.Letter{
		CaseID: c.ID, StudentID: c.StudentID, Kind: kind, Channel: channel,
		Language: h.Language, IssuedOn: p.issued,
	}
	if kind != intervention.Retraction {
		l.Named = p.named(e, c.Kind, kind)
	}
	if channel == intervention.ByMail {
		l.Household, l.SentTo = h.Key, addressee(h)
	}
	before := 0
	for _, o := range c.Letters {
		if o.Kind == l.Kind && o.Channel == l.Channel && o.Household == l.Household {
			before++
		}
	}
	l.ID = letterID(l, before)
	p.seen(c)
	c.Letters = append(c.Letters, l)
	p.Plan.Letters = append(p.Plan.Letters, l)
	due := reports.LetterDue{Letter: l, Household: h, Homeroom: e.Enrollment.Homeroom, Copy: channel == intervention.WithStudent}
	switch kind {
	case intervention.SARBNotice, intervention.Retraction:
		// The meeting of the case, if any, is behind the family or called off.
	default:
		due.Meeting, due.CorrectBy = c.Meeting, p.correctBy(c)
	}
	p.Due = append(p.Due, due)
}

// named are the days that a letter of a kind of case says were counted. The notice
// of EC 48260.5 names only those that are the law's.
func (p *planner) named(e *intervention.Entry, kind intervention.Kind, letter intervention.LetterKind) []intervention.NamedDay {
	days := e.Standing.Absences
	switch {
	case letter == intervention.LetterOne:
		days = e.Standing.UnderLaw(e.Student, p.Policy.Rules)
	case kind == intervention.SART:
		days = e.Standing.Truancies
	}
	out := make([]intervention.NamedDay, len(days))
	for i, day := range days {
		out[i] = intervention.NamedDay{Date: day.Date, Category: day.Category}
	}
	return out
}

// catchUp writes to the households that could not be reached when the others
// were: an address was mended since, or a contact named. They get what the others
// got, once: the notice of truancy, and the invitation as long as it can come
// before the meeting.
func (p *planner) catchUp() {
	onHold := p.onHold()
	for i := range p.Entries {
		e := &p.Entries[i]
		if _, held := onHold[e.Student.ID]; held {
			continue
		}
		for _, c := range p.Cases[e.Student.ID] {
			if !c.AwaitsMeeting() || c.OutcomeDue(p.Run.AsOf) || c.SchoolID != p.Snapshot.School.ID || e.Enrollment.SchoolID != c.SchoolID || c.NeedsReview() {
				continue
			}
			p.alsoTo(e, c, c.LastOf(intervention.LetterOne, intervention.WithStudent))
			if c.IsBooked() && c.Meeting != nil && c.Meeting.Date > p.issued {
				p.alsoTo(e, c, c.Invitation())
			}
		}
	}
}

// alsoTo writes to the households that were not sent what the student carried a
// copy of.
func (p *planner) alsoTo(e *intervention.Entry, c *intervention.Case, carried *intervention.Letter) {
	if carried == nil || carried.Kind == intervention.LetterOne && !p.truantByLaw(c) {
		return
	}
	kind, on := carried.Kind, carried.IssuedOn // writing moves the letters
	same := func(l *intervention.Letter) bool { return l.Kind == kind && l.IssuedOn >= on && !l.Withdrawn }
	for _, h := range e.Student.Households() {
		if h.Address.Usable() && !c.Reached(h, same) {
			p.letter(c, kind, intervention.ByMail, h)
		}
	}
}

// addressee says to whom and where a letter goes, in one line.
func addressee(h district.Household) string {
	names := make([]string, len(h.Adults))
	for i, a := range h.Adults {
		names[i] = a.Name
	}
	return strings.Join(names, ", ") + ", " + h.Address.Line()
}

// correctBy is the last day a family can have a date corrected before its
// meeting, zero where there is none.
func (p *planner) correctBy(c *intervention.Case) district.Date {
	if c.Meeting == nil {
		return 0
	}
	cal := p.District.Calendars[c.SchoolID]
	before := cal.Days(p.issued, c.Meeting.Date-1)
	if n := p.Settings.CorrectBy; 0 < n && n <= len(before) {
		return before[len(before)-n]
	}
	return p.issued
}

// letterID is short enough to read over the telephone and depends only on what
// makes the letter the one it is: a rerun gives the same. before counts the like
// letters that the case has had.
func letterID(l intervention.Letter, before int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%s", l.CaseID, l.Kind, before, l.Channel, l.Household)))
	code := strings.ToUpper(base32.StdEncoding.EncodeToString(sum[:])[:10])
	return code[:5] + "-" + code[5:]
}
