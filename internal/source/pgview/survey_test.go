package pgview_test

import (
	"strings"
	"testing"

	"rollcall/internal/bundle"
	"rollcall/internal/source/sourcetest"
)

// A school's turn comes after the survey; what happened meanwhile is not taken for a quiet year.
func TestASourceThatIsFilledWhileItIsReadIsNotBelieved(t *testing.T) {
	for name, change := range map[string]string{
		"attendance emptied":   `TRUNCATE sis.attendance`,
		"students emptied":     `TRUNCATE sis.students CASCADE`,
		"of unknown schools":   `UPDATE sis.attendance SET school_id = 999`,
		"contacts of no-one":   `UPDATE sis.contacts SET student_id = student_id + 500`,
		"IDs that have blanks": `ALTER TABLE sis.attendance ALTER student_id TYPE varchar(10) USING student_id::text || ' '`,
	} {
		t.Run(name, func(t *testing.T) {
			dsn, db := server(t)
			fill(t, db, "sis")
			views := open(t, dsn)
			county, err := bundle.Survey(t.Context(), views, bundle.Options{AsOf: sourcetest.AsOf})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := county.School(t.Context(), "102"); err != nil {
				t.Fatal(err)
			}
			if err := views.Close(); err != nil { // its transaction is in the way of the change
				t.Fatal(err)
			}
			run(t, db, change)
			if _, err := county.School(t.Context(), "102"); err == nil || !strings.Contains(err.Error(), "the source is being filled") {
				t.Errorf("error %v", err)
			}
		})
	}
}
