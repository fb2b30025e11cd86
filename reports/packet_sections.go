package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Section is a part of the meeting file that a district may leave out, by its name
// in the configuration (privacy.leave_out).
type Section string

// The sections that can be left out: who needs them for a meeting differs from
// district to district. The others the process itself asks for.
const (
	SiblingsSection           Section = "siblings"
	AttendanceNotesSection    Section = "attendance_notes"
	GradesSection             Section = "grades"
	MissingAssignmentsSection Section = "missing_assignments"
	BehaviorSection           Section = "behavior"
)

// Sections lists them in the order of the file.
var Sections = []Section{SiblingsSection, AttendanceNotesSection, GradesSection, MissingAssignmentsSection, BehaviorSection}

// CheckSections refuses a list that names what is no section, or one twice.
func CheckSections(names []string) error {
	for i, name := range names {
		switch {
		case !slices.Contains(Sections, Section(name)):
			valid := make([]string, len(Sections))
			for j, s := range Sections {
				valid[j] = string(s)
			}
			return fmt.Errorf("%q is no section of the meeting file that can be left out; those are %s", name, strings.Join(valid, ", "))
		case slices.Contains(names[:i], name):
			return fmt.Errorf("%q is named twice", name)
		}
	}
	return nil
}

// words are the section as people say it.
func (s Section) words() string {
	if s == SiblingsSection {
		return "brothers and sisters"
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

// leavesOut reports whether the district leaves a section out.
func (n *Night) leavesOut(s Section) bool { return slices.Contains(n.LeftOut, s) }

// leftOut tells the table what the district leaves out, so that nobody takes it for
// lost. A referral has no siblings in any case.
func (p *packet) leftOut() {
	var words []string
	for _, s := range Sections {
		if p.school.Night.leavesOut(s) && (p.referral == nil || s != SiblingsSection) {
			words = append(words, s.words())
		}
	}
	if len(words) > 0 {
		p.text("Left out by the district's settings: "+strings.Join(words, ", ")+".", setting{ink: grey, size: p.size - 1})
	}
}
