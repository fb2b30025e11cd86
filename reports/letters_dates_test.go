package reports

import "testing"

// A date that is broken inside its number reads as another date.
func TestAColumnTooNarrowForADateIsNoColumn(t *testing.T) {
	f := newPaper("Dates", &printNight, portrait).flow(flowOptions{})
	for _, c := range []struct {
		rule   string
		widths []float64
		want   bool
	}{
		{"room for all", []float64{30, 40}, false},
		{"a line may end between words", []float64{12, 22}, false},
		{"not inside a number", []float64{5, 40}, true},
		{"nor inside a word", []float64{30, 12}, true},
	} {
		p := panels{grid: grid{flow: f, widths: c.widths, table: table{Size: 9, Rows: [][]cell{texts("Tue Aug 12", "Unexcused absence")}}}}
		if got := p.splits(); got != c.want {
			t.Errorf("%s: %v", c.rule, got)
		}
	}
}
