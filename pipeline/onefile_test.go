package pipeline

import (
	"context"
	"errors"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// oneClass is a source of one school's students.
type oneClass struct{ Extracted }

func (c oneClass) District() *district.District { return c.Extracted.District }

func (c oneClass) School(context.Context, string) (*district.Snapshot, error) { return c.Snapshot, nil }

func (c oneClass) Find(_ context.Context, id string) (*district.Student, error) {
	for i := range c.Snapshot.Students {
		if s := &c.Snapshot.Students[i]; s.ID == id {
			return s, nil
		}
	}
	return nil, nil
}

// History is what the class has in its own.
func (c oneClass) History(context.Context, district.SchoolYear, string, district.Date, []string) (intervention.History, error) {
	return c.Extracted.History, nil
}

func (c oneClass) MeetingDays(context.Context, district.SchoolYear) (days, booked []intervention.MeetingDay, err error) {
	return c.Extracted.History.Days, nil, nil
}

func (oneClass) Tied(map[string][]string) [][]string { return nil }

func (oneClass) MeetingsElsewhere(context.Context, string, district.Date, []string) ([]intervention.Meeting, error) {
	return nil, nil
}

func (oneClass) HoldsOn(context.Context, district.Date) ([]intervention.Hold, error) { return nil, nil }

func (oneClass) PolicyTexts(context.Context, []string) (map[string]string, error) { return nil, nil }

func TestOneFileIsForTheMeetingOnRecord(t *testing.T) {
	for _, c := range []struct {
		rule    string
		cases   []intervention.Case
		kind    intervention.Kind
		meeting string
	}{
		{"without a case of the kind the policy would open", nil, intervention.SART, ""},
		{"with one, its meeting", []intervention.Case{toldSART()}, intervention.SART, "c#0"},
		{"an open CART before a SART that is called off", []intervention.Case{toldSART(intervention.Withdrawn), {
			ID: "cart", StudentID: "100", SchoolID: "A", Kind: intervention.CART, Events: []intervention.Event{{Kind: intervention.Identified}}}}, intervention.CART, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"})
			x.History.Cases = c.cases
			night, meeting, err := OneFile(context.Background(), oneClass{x}, oneClass{x}, x.Tonight, "100")
			if err != nil {
				t.Fatal(err)
			}
			if meeting.Kind != c.kind || meeting.ID != c.meeting || meeting.StudentID != "100" {
				t.Errorf("%+v", meeting)
			}
			if f := night.File("100"); f == nil || len(f.Cases) != len(c.cases) || f.Standing.DaysUnexcused != 3 {
				t.Errorf("the file is not whole: %+v", f)
			}
			if len(night.Letters) != 0 {
				t.Error("it makes letters")
			}
		})
	}
	x := classroom(t, "2025-10-15", nil)
	if _, _, err := OneFile(context.Background(), oneClass{x}, oneClass{x}, x.Tonight, "999"); !errors.Is(err, ErrNoStudent) {
		t.Errorf("%v", err)
	}
}
