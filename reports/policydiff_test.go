package reports

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/intervention"
)

func TestAPolicyDiffIsARowAStudentWhoWouldChange(t *testing.T) {
	d := PolicyDiff{Students: 3, Changes: []PolicyChange{
		{StudentID: "7", SchoolID: "101", Grade: "K", CaseB: intervention.CART, ReasonB: `mine: grade "K", absent 6 of 45`},
		{StudentID: "=8", SchoolID: "102", Grade: "5", CaseA: intervention.SART, ReasonA: "truancy: 3 events", CaseB: intervention.CART, ReasonB: "chronic"},
	}}
	var csv bytes.Buffer
	if err := PolicyDiffCSV(&csv, d); err != nil {
		t.Fatal(err)
	}
	want := PolicyDiffColumns + "\n" +
		"7,101,K,,,CART,\"mine: grade \"\"K\"\", absent 6 of 45\"\n" +
		"=8,102,5,SART,truancy: 3 events,CART,chronic\n"
	if diff := cmp.Diff(want, csv.String()); diff != "" {
		t.Error(diff)
	}
	var text bytes.Buffer
	if err := PolicyDiffJSON(&text, d); err != nil {
		t.Fatal(err)
	}
	var back PolicyDiff
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, back); diff != "" {
		t.Error(diff)
	}
	text.Reset()
	if err := PolicyDiffJSON(&text, PolicyDiff{}); err != nil || !bytes.Contains(text.Bytes(), []byte(`"changes": []`)) {
		t.Errorf("nobody changes: %v %s", err, text.Bytes())
	}
}
