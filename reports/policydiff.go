package reports

import (
	"bufio"
	"encoding/json"
	"io"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// PolicyDiff is what two policies would do with the same students: IDs and
// figures, no names.
type PolicyDiff struct {
	AsOf     district.Date  `json:"as_of"`
	Students int            `json:"students"` // assessed
	A        PolicySide     `json:"a"`
	B        PolicySide     `json:"b"`
	Both     CaseCounts     `json:"both"` // opened by A and by B, of the same kind
	Changes  []PolicyChange `json:"changes"`
}

// PolicySide is one of the two policies and the cases it would open.
type PolicySide struct {
	Name   string     `json:"name"`
	Hash   string     `json:"hash"`
	Opened CaseCounts `json:"opened"`
}

// CaseCounts are cases by kind.
type CaseCounts struct {
	SART int `json:"sart"`
	CART int `json:"cart"`
}

// Add counts a case; none counts nothing.
func (c *CaseCounts) Add(kind intervention.Kind) {
	switch kind {
	case intervention.SART:
		c.SART++
	case intervention.CART:
		c.CART++
	}
}

// PolicyChange is a student for whom the two policies do not open the same kind
// of case. An empty case is none.
type PolicyChange struct {
	StudentID string            `json:"student_id"`
	SchoolID  string            `json:"school_id"`
	Grade     string            `json:"grade"`
	CaseA     intervention.Kind `json:"case_a"`
	ReasonA   string            `json:"reason_a"`
	CaseB     intervention.Kind `json:"case_b"`
	ReasonB   string            `json:"reason_b"`
}

// PolicyDiffColumns is the header of PolicyDiffCSV.
const PolicyDiffColumns = "student_id,school_id,grade,case_a,reason_a,case_b,reason_b"

// PolicyDiffCSV writes a row a student who would change.
func PolicyDiffCSV(w io.Writer, d PolicyDiff) error {
	b := bufio.NewWriter(w)
	b.WriteString(PolicyDiffColumns + "\n")
	for _, c := range d.Changes {
		var line []byte
		for i, field := range []string{c.StudentID, c.SchoolID, c.Grade, string(c.CaseA), c.ReasonA, string(c.CaseB), c.ReasonB} {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendField(line, field)
		}
		if _, err := b.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return b.Flush()
}

// PolicyDiffJSON writes all of it.
func PolicyDiffJSON(w io.Writer, d PolicyDiff) error {
	d.Changes = append([]PolicyChange{}, d.Changes...)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
