package reports

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/internal/intervention"
)

// copiesOf are n students' copies in homerooms of their own, in order.
func copiesOf(s *SchoolNight, n int) []LetterDue {
	var copies []LetterDue
	for _, l := range s.Letters {
		for l.Copy && len(copies) < n {
			l.Letter.ID, l.Homeroom = fmt.Sprintf("C%03d", len(copies)), fmt.Sprintf("Room %d", len(copies)+1)
			copies = append(copies, l)
		}
	}
	SortForStudents(s, copies)
	return copies
}

func TestCoverAddsUpAndSaysHowTheBatchIsRecorded(t *testing.T) {
	s := fixtureNight()
	var mailed, copies []LetterDue
	for _, l := range s.Letters {
		if l.Copy {
			copies = append(copies, l)
		} else {
			mailed = append(mailed, l)
		}
	}
	b := printLetters(t, s, mailed...)
	cover := flat(pdfText(t, b.Bytes, "-l", "1", "-layout"))
	mustSay(t, cover, "Letters together 6", "of them in English only 2", "in English and Spanish, both on one sheet 2", "with the offer of an interpreter 2",
		"Ask the district office, or whoever runs rollcall, to run rollcall case record mailed --school 010 --run 2026-10-15", "--except")
	mustSay(t, flat(pdfText(t, b.Bytes, "-f", fmt.Sprint(b.Pages))), "Declaration of mailing", "mailing manifest of the same batch",
		"ask the district office, or whoever runs rollcall", "rollcall case record mailed --school 010 --run 2026-10-15")
	sent := printLetters(t, s, copies...)
	mustSay(t, flat(pdfText(t, sent.Bytes, "-l", "1")), "rollcall case record sent-home --school 010 --run 2026-10-15")
}

func TestCoverKeepsItsHomeroomsTogether(t *testing.T) {
	s := fixtureNight()
	for n := 1; n <= 200; n += 13 {
		copies := copiesOf(s, n)
		b := printLetters(t, s, copies...)
		first := b.Letters[0].Page
		pages := strings.Split(pdfText(t, b.Bytes, "-l", fmt.Sprint(first-1), "-layout"), "\f")
		rooms := 0
		for i, page := range pages {
			on := strings.Count(page, "Room ")
			if rooms += on; i > 0 && on > 0 && on < 3 {
				t.Errorf("%d homerooms: %d alone on page %d of the cover", n, on, i+1)
			}
		}
		if rooms != n || n <= 66 && first != 3 {
			t.Errorf("%d homerooms: the cover names %d, and the letters begin on page %d", n, rooms, first)
		}
	}
}

func TestCopiesLieInTheOrderOfTheRoomsAndNameThemOnce(t *testing.T) {
	s := fixtureNight()
	b := printLetters(t, s, copiesOf(s, 11)...)
	for i, room := range []string{"ROOM 1", "ROOM 2", "ROOM 3"} {
		page := fmt.Sprint(b.Letters[i].Page)
		text := flat(pdfText(t, b.Bytes, "-f", page, "-l", page))
		if mustSay(t, text, room+" Juniper"); strings.Contains(text, "HOMEROOM") {
			t.Errorf("a room is called a homeroom too:\n%.300s", text)
		}
	}
	for name, want := range map[string]string{
		"12": "HOMEROOM 12", "R VALE": "HOMEROOM R VALE", "ADVISORY 6-02": "ADVISORY 6-02", "PORTABLE 4": "PORTABLE 4", "HOMEROOM 7": "HOMEROOM 7", "BROOM": "HOMEROOM BROOM",
	} {
		if got := homeroomLine(name); got != want {
			t.Errorf("%s stands as %q, want %q", name, got, want)
		}
	}
}

func TestKindsOnTheCoverAreCounted(t *testing.T) {
	s, due := letterNight(intervention.Rescheduled, "en")
	mustSay(t, flat(pdfText(t, printLetters(t, s, due).Bytes, "-l", "1", "-layout")), "Rescheduled meeting 1 Letters together 1")
}
