package reports

import (
	"testing"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// afterMeeting is a student of the fixture's school whom the team met, with absences
// and days before and since.
func afterMeeting(s *SchoolNight, id string, kind intervention.Kind, absentBefore, daysBefore, absentSince, daysSince int) StudentFile {
	c := intervention.Case{
		ID: intervention.CaseID(s.Night.Year, kind, 1, id), StudentID: id, SchoolID: s.School.ID, Kind: kind, Round: 1, Year: s.Night.Year,
		Events: []intervention.Event{{Kind: intervention.Identified}, {Kind: intervention.Scheduled}, {Kind: intervention.Held, On: s.Night.AsOf - 30}, {Kind: intervention.Completed, On: s.Night.AsOf - 30}},
	}
	return StudentFile{
		Student:  district.Student{ID: id, LastName: "Moss", FirstName: "N" + id},
		Standing: attendance.Standing{StudentID: id, DaysEnrolled: daysBefore + daysSince, DaysAbsent: absentBefore + absentSince},
		Cases:    []intervention.Case{c},
		Since:    map[string]intervention.Since{c.ID: {Meeting: s.Night.AsOf - 30, Days: daysSince, Absences: absentSince}},
	}
}

func TestTheBriefSaysWhetherMeetingsHelped(t *testing.T) {
	s := fixtureNight()
	s.Files = []StudentFile{
		afterMeeting(s, "1", intervention.SART, 8, 40, 1, 20),
		afterMeeting(s, "2", intervention.SART, 4, 40, 4, 20),
		afterMeeting(s, "3", intervention.CART, 4, 40, 0, enoughAfter),
		afterMeeting(s, "4", intervention.CART, 4, 40, 0, enoughAfter-1),
	}
	var order []string
	for _, m := range metEarlier(s) {
		order = append(order, m.StudentID)
	}
	if len(order) != 3 || order[0] != "2" || order[1] != "3" || order[2] != "1" {
		t.Errorf("in the order of the change: %v", order)
	}
	brief, err := Brief(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := pdfText(t, brief.Bytes)
	mustSay(t, text, "3 students were met 10 school days ago or more; 2 of them absent less than before", "SART, before", "15% of 80 days", "SART, since", "12.5% of 40 days", "CART, since", "0% of 10 days", "4 of 20 days")
	s.Files = s.Files[3:]
	if brief, err = Brief(s, nil); err != nil {
		t.Fatal(err)
	}
	mustSay(t, pdfText(t, brief.Bytes), "Nobody yet whose meeting was 10 school days ago or more")
}
