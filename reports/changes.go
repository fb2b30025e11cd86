package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/intervention"
)

// Change is a case of a school that is no longer what it was the night before:
// called off, moved, below its threshold, taken back. What was mailed is never
// denied, so each says what the office has to do about the paper.
type Change struct {
	File *StudentFile
	Case *intervention.Case
	// Events are what happened since, in order, at least one.
	Events []intervention.Event
	// CalledOff is the meeting given back tonight, nil for none.
	CalledOff *intervention.Meeting

	night *SchoolNight
}

// news are the events of a case that is changed, with their short names.
var news = map[intervention.EventKind]string{
	intervention.Withdrawn:      "withdrawn",
	intervention.Superseded:     "superseded by SART",
	intervention.BelowThreshold: "below threshold (review)",
	intervention.HoldsAgain:     "holds again",
	intervention.Retracted:      "taken back by a letter of retraction",
	intervention.Transferred:    "changed schools",
	intervention.Left:           "left the district",
	intervention.Cancelled:      "meeting called off",
	intervention.Postponed:      "another day asked for",
	intervention.Identified:     "opened again",
	intervention.Again:          "followed by another round",
	intervention.Closed:         "closed",
	intervention.Referred:       "referred to SARB",
}

// Changes are the cases that changed tonight, by the night or by a person that
// day, in the order of the students.
func Changes(s *SchoolNight) []Change {
	gone := map[string]*intervention.Meeting{}
	for i := range s.Cancelled {
		gone[s.Cancelled[i].CaseID] = &s.Cancelled[i]
	}
	var changes []Change
	for i := range s.Files {
		f := &s.Files[i]
		for j := range f.Cases {
			c := &f.Cases[j]
			change := Change{File: f, Case: c, CalledOff: gone[c.ID], night: s}
			if c.SchoolID != s.School.ID && change.CalledOff == nil {
				continue
			}
			for _, e := range c.Events {
				_, isNews := news[e.Kind]
				if isNews && e.On == s.Night.AsOf && (e.Kind != intervention.Identified || c.OpenedOn < e.On) {
					change.Events = append(change.Events, e)
				}
			}
			if change.Events == nil && change.CalledOff != nil {
				change.Events = lastNews(c)
			}
			if change.Events != nil {
				changes = append(changes, change)
			}
		}
	}
	return changes
}

// lastNews is why a meeting is called off of a case that a person had ended on a
// day before.
func lastNews(c *intervention.Case) []intervention.Event {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if _, ok := news[c.Events[i].Kind]; ok {
			return c.Events[i : i+1]
		}
	}
	return nil
}

// last is what the case came to.
func (c *Change) last() intervention.Event { return c.Events[len(c.Events)-1] }

// CountChanges says how many cases changed in which way, without names:
// "2 withdrawn, 1 superseded by SART".
func CountChanges(changes []Change) string {
	count := map[string]int{}
	for i := range changes {
		count[news[changes[i].last().Kind]]++
	}
	var parts []string
	for name, n := range count {
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	slices.SortFunc(parts, func(a, b string) int {
		_, x, _ := strings.Cut(a, " ")
		_, y, _ := strings.Cut(b, " ")
		return cmp.Compare(x, y)
	})
	return strings.Join(parts, ", ")
}

// what names the events, one a line, with the person who recorded one.
func (c *Change) what() string {
	lines := make([]string, len(c.Events))
	for i, e := range c.Events {
		lines[i] = news[e.Kind]
		lines[i] += by(e)
		if e.On != c.night.Night.AsOf {
			lines[i] += " on " + e.On.Format("1/2/2006")
		}
	}
	return strings.Join(lines, "\n")
}

// why are the reasons given, each once.
func (c *Change) why() string {
	var lines []string
	for _, e := range c.Events {
		if words := e.Words(); words != "" && !slices.Contains(lines, words) {
			lines = append(lines, words)
		}
	}
	return strings.Join(lines, "\n")
}

// toDo is what the office does about it.
func (c *Change) toDo() string {
	var lines []string
	add := func(words string) {
		if words != "" {
			lines = append(lines, words)
		}
	}
	switch c.last().Kind {
	case intervention.Withdrawn:
		if c.Case.ReferralTakenBack() {
			if c.Case.OwesRetraction() {
				add("Tell the SARB office. The next night makes the letter that tells the family.")
			} else {
				add("Tell the SARB office. Do not mail the notice of the referral.")
			}
			break
		}
		if c.Case.TookBack() {
			add("Nothing: the letter of retraction was made on a night before.")
			break
		}
		if c.Case.Told() {
			add("The next night makes the letter of retraction.")
			break
		}
		add(c.pull())
		add("If a letter has gone out, record it as mailed: the next night makes a letter of retraction.")
	case intervention.Left:
		switch {
		case !c.Case.Told():
			add(c.pull())
		case c.CalledOff != nil:
			add(c.call("the student is no longer enrolled"))
		}
		add("If the family is still here, mend the enrollment in the SIS.")
	case intervention.Superseded:
		if c.Case.Told() {
			add(c.call("the SART letter takes the place of the CART letter"))
			break
		}
		add(c.pull())
		add("The SART letter takes its place.")
	case intervention.Retracted:
		add("Mail the letter of retraction and send the copy home.")
		if c.Case.ReferralTakenBack() {
			add("Tell the SARB office.")
		}
		if c.soon() {
			add(c.call("the letter may come too late"))
		}
	case intervention.BelowThreshold:
		if !c.Case.AwaitsMeeting() {
			add("Decide whether " + c.Case.StillNeeded() + ": the Exceptions sheet says what to record.")
			break
		}
		add("Decide whether the meeting is still needed: it stands until it is recorded as withdrawn, which calls it off and makes the letter of retraction: " + intervention.RecordCommand(intervention.Withdrawn, c.Case.ID))
	case intervention.HoldsAgain:
		add("Nothing: " + c.standing() + ".")
	case intervention.Transferred, intervention.Cancelled, intervention.Postponed, intervention.Identified:
		add(c.elsewhereOrNew())
	case intervention.Again:
		add("Nothing: the new round has its own line on the CART sheet.")
	case intervention.Referred:
		if c.hasLetter(intervention.SARBNotice) {
			add("Mail the notice of the referral and send the copy home.")
		}
	case intervention.Closed:
		add("Nothing.")
	}
	return strings.Join(lines, " ")
}

// elsewhereOrNew is what to do about a case with another day or another school.
func (c *Change) elsewhereOrNew() string {
	if here := c.night.School.ID; c.Case.SchoolID != here || c.File.Enrollment.SchoolID != here {
		words := "Pull its letter from the tray if it has not gone out."
		if c.Case.Told() {
			words = "Take the meeting out of the calendar."
		}
		return words + " " + c.night.Night.schoolName(c.File.Enrollment.SchoolID) + " writes to the family."
	}
	pull := pullWords(c.dead())
	switch state := c.Case.State(); {
	case !c.Case.AwaitsMeeting():
		return join(pull, "Nothing else: the case is "+state.Words()+".")
	case c.Case.Meeting == nil:
		return join(pull, c.call("there is no new day yet"), "The case waits for a meeting day.")
	case !c.Case.IsBooked():
		return "The next night gives it another day and makes the letter."
	}
	late := ""
	if c.Case.Told() && c.soon() {
		late = c.call("the new letter may come too late")
	}
	return join(pull, "Mail the new letter: "+c.standing()+".", late)
}

// dead are the letters that call to the meeting given back tonight and are not on
// record as gone out.
func (c *Change) dead() []string {
	var ids []string
	for i := range c.Case.Letters {
		if l := &c.Case.Letters[i]; c.CalledOff != nil && c.Case.CallsTo(l, c.CalledOff) && !c.Case.WentOut(l) {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

func join(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// pull names the letters that must not go out any more: those made since the
// case was opened last.
func (c *Change) pull() string {
	opened := c.Case.OpenedLast()
	var ids []string
	for _, l := range c.Case.Letters {
		if l.IssuedOn > opened {
			ids = append(ids, l.ID)
		}
	}
	return cmp.Or(pullWords(ids), "No letter was made.")
}

// pullWords ask for letters to be stopped, empty where there are none.
func pullWords(ids []string) string {
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return "Pull letter " + ids[0] + " from the tray if it has not gone out."
	}
	return "Pull letters " + strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1] + " from the tray if they have not gone out."
}

// call asks for a telephone call about a meeting that is called off.
func (c *Change) call(because string) string {
	if c.CalledOff == nil {
		return "Tell the family when they call: " + because + "."
	}
	return fmt.Sprintf("Call the family: the meeting on %s is called off, %s.", shortDay(c.CalledOff.Date), because)
}

// mailTakes is how many days a letter may be on its way.
const mailTakes = 7

// soon reports whether a meeting called off tonight is so near that a letter may
// come after it.
func (c *Change) soon() bool {
	return c.CalledOff != nil && c.CalledOff.Date <= c.night.Night.Issued+mailTakes
}

// standing says where the meeting is now.
func (c *Change) standing() string {
	if c.Case.Meeting == nil {
		return "the case waits for a meeting day"
	}
	return fmt.Sprintf("the meeting is on %s at %s", shortDay(c.Case.Meeting.Date), c.Case.Meeting.Start)
}

// hasLetter reports whether tonight's letters hold one of a kind for the case.
func (c *Change) hasLetter(kind intervention.LetterKind) bool {
	return slices.ContainsFunc(c.night.Letters, func(l LetterDue) bool { return l.Letter.CaseID == c.Case.ID && l.Letter.Kind == kind })
}

// addChanges is the sheet the office works through before the mail goes out.
func addChanges(w *workbook, s *SchoolNight) error {
	rows := Changes(s)
	return addSheet(w, worksheet[Change]{
		name: "Changes", empty: "No case changed tonight.", frozen: 2, tab: "7030A0",
		columns: []sheetColumn[Change]{
			{head: "Student ID", width: 11, value: func(c Change) any { return c.File.Student.ID }},
			{head: "Name", width: 20, look: asWrapped, value: func(c Change) any { return c.File.Student.SortName() }},
			{head: "Grade", width: 5, value: func(c Change) any { return c.File.grade() }},
			{head: "Homeroom", width: 10.5, value: func(c Change) any { return c.File.Enrollment.Homeroom }},
			{head: "Kind", width: 7.5, value: func(c Change) any { return string(c.Case.Kind) }},
			{head: "What happened", width: 26, look: asWrapped, value: func(c Change) any { return c.what() }},
			{head: "Why", width: 40, look: asWrapped, value: func(c Change) any { return c.why() }},
			{head: "What to do", width: 52, look: asWrapped, value: func(c Change) any { return c.toDo() }},
			{head: "Family told", width: 8, value: func(c Change) any {
				return yesNo(c.Case.Told() || c.Case.TookBack())
			}},
			{head: "Meeting called off", width: 11, value: func(c Change) any {
				if c.CalledOff == nil {
					return nil
				}
				return c.CalledOff.Date
			}},
			{head: "Case", width: 15, look: asWrapped, value: func(c Change) any { return c.Case.State().Words() }},
			{head: "Case ID", width: 22, value: func(c Change) any { return c.Case.ID }},
		},
	}, slices.Values(rows), len(rows))
}
